import { EnsignError } from '../../base/errors.ts'
import type { Receipt } from '../../publisher/publish/types.ts'

/** `known`: a statement of it was published. `struck`: it sent what nobody signed, or was refused time and again. */
export type Repute = 'known' | 'open' | 'struck'

/** What became of the statements of each origin, in bounded memory. */
export interface Reputes {
  of(origin: string): Repute
  accepted(origin: string, outcome: Receipt['outcome']): void
  refused(origin: string, error: unknown): void
}

const KNOWN_MS = 7 * 24 * 3600_000
const MAX_KNOWN_COUNT = 1_000
const STRUCK_MS = 600_000
const MAX_STRUCK_COUNT = 10_000
const STRIKES_COUNT = 3

export function createReputes(now: () => number): Reputes {
  const known = new Map<string, number>()
  const strikes = new Map<string, { readonly count: number; readonly at: number }>()
  const strikesOf = (site: string): number => {
    const found = strikes.get(site)
    return found === undefined || now() - found.at > STRUCK_MS ? 0 : found.count
  }
  const strike = (origin: string, count: number) => {
    const site = siteOf(origin)
    put(strikes, site, { count: strikesOf(site) + count, at: now() }, MAX_STRUCK_COUNT)
  }
  return {
    of(origin) {
      const at = known.get(origin)
      if (at !== undefined && now() - at <= KNOWN_MS) return 'known'
      return strikesOf(siteOf(origin)) >= STRIKES_COUNT ? 'struck' : 'open'
    },
    accepted(origin, outcome) {
      if (outcome !== 'unchanged') put(known, origin, now(), MAX_KNOWN_COUNT)
      // What is in force can be read by anybody. Who got no answer sends it again too, but not time and again.
      else strike(origin, 1)
    },
    refused(origin, error) {
      if (!(error instanceof EnsignError) || isOurs(error.code)) return
      // A known key under a signature that is not its own is nobody's mistake.
      const forged = error.code === 'signature'
      if (forged) known.delete(origin)
      strike(origin, forged ? STRIKES_COUNT : 1)
    },
  }
}

/** Faults of the store or of this process, and what was not looked at. */
function isOurs(code: string): boolean {
  return code.startsWith('store_') || code === 'internal' || code === 'rate_limited'
}

/** Who has one /64 of IPv6 mostly has the /48 around it, which is 65,536 of them. */
function siteOf(origin: string): string {
  return origin.endsWith('::/64') ? origin.split(':').slice(0, 3).join(':') : origin
}

/** The newest stand last, and the oldest give way. */
function put<T>(map: Map<string, T>, name: string, value: T, max: number): void {
  map.delete(name)
  map.set(name, value)
  const [oldest] = map.keys()
  if (map.size > max && oldest !== undefined) map.delete(oldest)
}
