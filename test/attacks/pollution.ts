import type { VerifiedState } from '../../src/bundle/state.ts'
import { DAY } from '../support/world.ts'
import type { Attack, MakeWorld } from './attack.ts'

/** Code in the same process has put members on Object.prototype; the verdict is the same. */
function polluted(
  id: string,
  expected: string,
  members: Readonly<Record<string, unknown>>,
  stage: (world: Awaited<ReturnType<MakeWorld>>) => Promise<unknown> = world => world.release(),
  step: (world: Awaited<ReturnType<MakeWorld>>) => Promise<VerifiedState> = world => world.open(),
): Attack {
  return {
    id,
    expected,
    stage: async make => {
      const world = await make()
      await stage(world)
      return async () => {
        const prototype = Object.prototype as unknown as Record<string, unknown>
        try {
          for (const [name, value] of Object.entries(members)) {
            Object.defineProperty(prototype, name, { value, configurable: true, writable: true })
          }
          return await step(world)
        } finally {
          for (const name of Object.keys(members)) delete prototype[name]
        }
      }
    },
  }
}

/** What a library of JWS reads in headers, and keys. */
const JOSE = {
  alg: 'none',
  b64: false,
  kid: 'x',
  typ: 'x',
  jwk: {},
  d: 'x',
  k: 'x',
  y: 'x',
  kty: 'oct',
  use: 'enc',
  ext: false,
}
/** What WebCrypto reads in its parameters. */
const WEBCRYPTO = { hash: 'SHA-1', namedCurve: 'P-384', context: 'x', saltLength: 1, length: 1, usages: ['sign'] }
const RULES = { on: true, rules: [], off: null, flags: {}, segments: {}, variants: [], requires: [] }
const SHAPES = {
  payload: 'x',
  signatures: [],
  protected: 'x',
  signature: 'x',
  header: {},
  index: 'x',
  stops: [],
  proofs: {},
}
const OPTIONS = { allowStale: true, previous: {}, memory: {}, floor: { epoch: 9 }, namesNewRoot: () => true, pause: 1 }

export const pollutionAttacks: readonly Attack[] = [
  polluted('ok-polluted-jose', 'ok', JOSE),
  polluted('ok-polluted-crit', 'ok', { crit: ['x'] }),
  polluted('ok-polluted-webcrypto', 'ok', WEBCRYPTO),
  polluted('ok-polluted-rules', 'ok', RULES),
  polluted('ok-polluted-shapes', 'ok', SHAPES),
  polluted('ok-polluted-options', 'ok', OPTIONS),
  polluted('ok-polluted-payload', 'ok', { note: 1, environment: 'staging', genesis: null, project: 'bank', spec: 2 }),
  polluted('polluted-stale', 'expired', { allowStale: true, stale: true }, async world => {
    await world.release()
    world.wait(2 * DAY)
  }),
  polluted(
    'polluted-floor',
    'rollback',
    {},
    world => world.release(),
    world => world.open({ floor: { epoch: 2 } }),
  ),
  polluted('polluted-stop-member', 'schema', { incident: null }, async world => {
    await world.release()
    await world.stop('production', { payload: ({ incident: _, ...one }) => one })
  }),
  polluted('polluted-head-file', 'schema', { release: 'x', head: 'x' }, async world => {
    await world.release()
    world.edit(({ release: _, ...file }) => file)
  }),
  polluted('polluted-threshold', 'threshold', { threshold: 0, approvals: 0, version: 1, author: 'alice' }, world =>
    world.release('production', { signers: ['alice'] }),
  ),
]
