/** Read by the type checker alone; see `flags.types.ts`. */
import { createClient } from '../../src/index.ts'
import type { AppFlags } from './flags.types.ts'

const base = { project: 'shop', environment: 'production', root: { version: 1, digest: '' } } as const
const url = 'https://flags.example'

export function options(): void {
  createClient({ ...base, url })
  createClient({ ...base, source: { get: async () => undefined }, mode: 'poll', pollInterval: 5_000 })
  createClient<AppFlags>({ ...base, url, context: { country: 'NL' } })
  createClient({ ...base, url, cache: { load: async () => undefined, save: async () => undefined } })
  createClient({ ...base, url, observe: ({ flag, variant, unit }) => void [flag, variant, unit] })
  createClient({ ...base, url, token: async () => 'tok', bootstrap: async () => new Uint8Array() })
  createClient({ ...base, url, fetch: (address, init) => fetch(address, init as RequestInit) })

  // @ts-expect-error project, environment and root are always needed
  createClient({ url })
  // @ts-expect-error there is no such mode
  createClient({ ...base, url, mode: 'push' })
  // @ts-expect-error there is no switch that turns verification off
  createClient({ ...base, url, verify: false })
  // @ts-expect-error a context of attributes that the workspace has
  createClient<AppFlags>({ ...base, url, context: { plan: 'free' } })
  // @ts-expect-error bytes, and not the name of a file
  createClient({ ...base, url, bootstrap: './bundle.ndjson' })
  // @ts-expect-error a cache has both
  createClient({ ...base, url, cache: { load: async () => undefined } })
}
