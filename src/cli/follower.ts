import { EnsignError } from '../base/errors.ts'
import { systemClock } from '../client/clock.ts'
import { folderSource } from '../client/node/foldersource.ts'
import { createClient } from '../client/node/runtime.ts'
import type { Client } from '../client/types.ts'
import { type Place, storeFolder } from './place.ts'

const READY_MS = 10_000
const LOOK_MS = 1

/** An application's client in this process: it follows the same store or server by its stream, and verifies it all. */
export async function followerOf({ call, project, environment, root }: Place): Promise<Client> {
  const url = call.text('to')
  const token = call.io.env.ENSIGN_TOKEN
  const client = createClient({
    ...(url === undefined ? { source: folderSource(storeFolder(call), project) } : { url }),
    ...(token === undefined ? {} : { token }),
    project,
    environment,
    root,
    clock: { ...systemClock, now: call.io.now },
    signal: call.io.signal,
  })
  const { ok, problems } = await client.ready({ timeout: READY_MS })
  if (ok) return client
  await client.close()
  const [first] = problems
  throw new EnsignError(first?.code ?? 'unavailable', first?.what ?? 'a client that follows the store got nothing')
}

/** Milliseconds on `elapsed` when this client serves nothing of the flag; undefined where that takes longer, or it is closed. */
export async function whenOff(client: Client, flag: string, withinMs: number): Promise<number | undefined> {
  const { elapsed } = systemClock
  const until = elapsed() + withinMs
  for (;;) {
    // The fallback of a flag that nobody knows is `true` until it is stopped.
    if (!client.isEnabled(flag, {}, true) && client.explain(flag, {}).reason === 'STOPPED') return elapsed()
    if (elapsed() > until || client.provenance().status === 'closed') return undefined
    await new Promise(resolve => setTimeout(resolve, LOOK_MS))
  }
}
