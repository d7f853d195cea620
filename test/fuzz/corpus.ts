import { fromUtf8 } from '../../src/base/bytes.ts'
import { type Bundle, type BundleOptions, openBundle } from '../../src/edge.ts'
import { createWorld, FLAG, type World } from '../support/world.ts'

/** Takes bytes as some client would: one that never saw anything, one that remembers, one that runs. */
export type Open = (bytes: Uint8Array) => Promise<Bundle>

/** A genuine bundle, and the clients that it is given to. */
export interface Sample {
  readonly name: string
  readonly text: string
  readonly cold: Open
  readonly clients: readonly Open[]
}

export interface Corpus {
  readonly world: World
  readonly samples: readonly Sample[]
  /** By digest of the head: the meaning of every bundle that was ever signed here. */
  readonly meanings: ReadonlyMap<string, string>
}

const flags = (count: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `flag-${i}`,
      {
        ...FLAG,
        on: i % 3 !== 0,
        rules: [{ id: 'r', when: { attr: 'plan', in: ['pro', `p${i}`] }, then: { serve: i % 2 } }],
      },
    ]),
  )

/**
 * All that a bundle changes for who uses it, in one line. But for the root: who has no memory can be shown an older head
 * with a newer root, or a newer head without a root that it does not need, and the same rules are in force.
 */
export async function meaningOf(bytes: Uint8Array, open: Open): Promise<{ head: string; meaning: string }> {
  const bundle = await open(bytes)
  // The order of flags is that in which they came, and says nothing.
  const answers = [{}, { plan: 'pro' }].map(context =>
    Object.entries(bundle.evaluateAll(context)).sort(([a], [b]) => (a < b ? -1 : 1)),
  )
  const [memory, provenance] = [
    { ...bundle.memory, root: null },
    { ...bundle.provenance(), root: null, verifiedAt: null },
  ]
  return { head: memory.head, meaning: JSON.stringify([memory, provenance, answers]) }
}

/** One environment through its life, with a bundle of each moment, and strangers to swap in. */
export async function createCorpus(): Promise<Corpus> {
  const world = await createWorld()
  const samples: Sample[] = []
  const meanings = new Map<string, string>()
  /** What ran before, by environment. */
  const running = new Map<string, Bundle>()
  const options = (environment: string): BundleOptions => ({
    project: 'shop',
    environment,
    root: world.roots[0]!.bytes,
    now: () => world.now,
    allowStale: true,
  })
  const take = async (name: string, environment = 'production') => {
    const bytes = await world.bundle(environment)
    const given = options(environment)
    const cold: Open = one => openBundle(one, given)
    const before = running.get(environment)
    const clients = [cold]
    if (before !== undefined) {
      clients.push(one => openBundle(one, { ...given, memory: before.memory }))
      clients.push(one => before.update(one))
    }
    samples.push({ name, text: fromUtf8(bytes)!, cold, clients })
    const { head, meaning } = await meaningOf(bytes, cold)
    meanings.set(head, meaning)
    running.set(environment, await cold(bytes))
  }
  // One long id makes the rules large enough for two parts, and costs a parser nothing.
  const segments = { staff: { by: 'userId', include: ['u1', 'x'.repeat(33_000)] } }
  await world.release('production', { flags: flags(3) })
  await take('first release')
  world.wait()
  await world.release('production', { flags: flags(20), segments })
  await take('several parts')
  world.wait()
  await world.stop('production', { flags: ['flag-1'] })
  await take('a stop')
  world.wait()
  await world.stop('production', { flags: ['flag-4', 'none'] })
  await take('two stops')
  world.wait()
  await world.nextRoot()
  await world.event()
  await take('a second root and an event')
  await world.release('staging', { flags: flags(3) })
  await take('staging', 'staging')
  return { world, samples, meanings }
}
