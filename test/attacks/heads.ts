import { utf8 } from '../../src/base/bytes.ts'
import { formatTime, parseTime } from '../../src/base/time.ts'
import type { HeadPayload } from '../../src/bundle/types.ts'
import { makeCast, withEnvironment } from '../support/cast.ts'
import { createWorld, DAY, type World } from '../support/world.ts'
import { type Attack, after, cold, withHead } from './attack.ts'

const none = '0'.repeat(64)
const later = (text: string, ms: number) => formatTime(parseTime(text)! + ms)
const moved = (ms: number) => (head: HeadPayload) => ({
  ...head,
  issued: later(head.issued, ms),
  expires: later(head.expires, ms),
})
const told =
  (...codes: string[]) =>
  (state: { notices: readonly { code: string }[] }) => {
    const got = state.notices.map(one => one.code).join()
    return got === codes.join() ? undefined : `told ${got}`
  }

/** The other store is what the client of `shop` in production reads. */
function stranger(id: string, expected: string, make: (world: World) => Promise<World>): Attack {
  return cold(id, expected, async world => {
    await world.release()
    const other = await make(world)
    const { source } = other
    return { source: { get: (path, options) => source.get(path, options) } }
  })
}

/** The head file is like this. */
function file(id: string, expected: string, edit: (text: string) => string | Uint8Array): Attack {
  return cold(id, expected, async world => {
    await world.release()
    const path = 'production/head.json'
    const edited = edit(new TextDecoder().decode(world.store.get(path)))
    world.put(path, typeof edited === 'string' ? utf8(edited) : edited)
    return undefined
  })
}

const SEQUENCE: readonly Attack[] = [
  cold('ok-first', 'ok', async world => void (await world.release()) as undefined),
  after('ok-second', 'ok', async world => void (await world.release()) as undefined),
  after('ok-second-running', 'ok', async world => void (await world.release()) as undefined, { running: true }),
  after('ok-same', 'ok', async () => undefined),
  {
    id: 'ok-same-running',
    expected: 'ok',
    stage: async make => {
      const world = await make()
      await world.release()
      const state = await world.open()
      world.asked.length = 0
      return async () => {
        const again = await world.open({ previous: state })
        if (again !== state || world.asked.join() !== 'production/head.json') throw new Error('verified again')
        return again
      }
    },
  },
  after('ok-refresh', 'ok', async world => void (await world.head()) as undefined),
  after('ok-event', 'ok', async world => void (await world.event()) as undefined),
  after('ok-many-behind', 'ok', async world => {
    for (let i = 0; i < 20; i++) await world.event()
    return undefined
  }),
  after('rollback-head', 'rollback', async world => {
    const restore = world.snapshot()
    await world.head()
    const memory = await world.memory()
    restore()
    return { memory }
  }),
  after('rollback-running', 'rollback', async world => {
    const restore = world.snapshot()
    await world.head()
    const previous = await world.open()
    restore()
    return { previous }
  }),
  after(
    'rollback-issued',
    'rollback',
    async world =>
      void (await world.head('production', {
        payload: moved(-3600_000),
      })) as undefined,
  ),
  after('rollback-sequence', 'rollback', async world => {
    await world.head()
    const memory = await world.memory()
    world.wait()
    world.realm().sequence = 0
    await world.head()
    return { memory }
  }),
  after('head-fork', 'head_fork', async world => {
    world.realm().sequence -= 1
    await world.head()
    return undefined
  }),
  after('epoch-old', 'rollback', async world => {
    await world.nextRoot(root =>
      withEnvironment(root, 'production', one => ({
        epoch: 2,
        log: { ...one.log, origin: 'x' },
        standing: world.standing(),
      })),
    )
    return undefined
  }),
  withHead('epoch-ahead', 'root_mismatch', { payload: head => ({ ...head, epoch: 2 }) }),
  after(
    'epoch-ahead-running',
    'root_mismatch',
    async world => void (await world.head('production', { payload: head => ({ ...head, epoch: 2 }) })) as undefined,
    { running: true },
  ),
  withHead('root-named-ahead', 'root_mismatch', {
    payload: head => ({ ...head, state: { ...head.state, root: { version: 2, digest: none } } }),
  }),
  withHead('root-named-other', 'root_mismatch', {
    payload: head => ({ ...head, state: { ...head.state, root: { version: 1, digest: none } } }),
  }),
  cold('root-named-before-pin', 'root_mismatch', async world => {
    await world.nextRoot()
    await world.release('production', {
      head: { payload: head => ({ ...head, state: { ...head.state, root: { version: 1, digest: none } } }) },
    })
    return { root: world.roots[1]!.bytes }
  }),
  after(
    'ok-head-names-new-root',
    'ok',
    async world => {
      await world.nextRoot()
      await world.release()
      return undefined
    },
    { running: true },
  ),
  after(
    'ok-epoch-heal',
    'ok',
    async world => {
      world.realm().sequence = Number.MAX_SAFE_INTEGER - 1
      await world.head('production', { payload: moved(250_000) })
      const memory = await world.memory()
      await world.raiseEpoch()
      world.wait()
      world.commit()
      await world.head()
      return { memory }
    },
    { accepted: told('log_restarted') },
  ),
  after(
    'ok-fast-forward-recovery',
    'ok',
    async world => {
      world.realm().sequence = 1_000_000
      await world.head()
      const previous = await world.open()
      await world.raiseEpoch()
      world.wait()
      await world.release()
      return { previous }
    },
    { accepted: told('log_restarted') },
  ),
]

const BINDING: readonly Attack[] = [
  cold('head-env', 'wrong_environment', async world => {
    await world.release()
    await world.release('staging')
    world.put('production/head.json', world.store.get('staging/head.json')!)
    return undefined
  }),
  cold('edge-environment', 'wrong_environment', async world => {
    await world.release('staging')
    return { source: { get: async path => world.store.get(path.replace('production/', 'staging/')) } }
  }),
  stranger('edge-project', 'wrong_project', async world => {
    const other = await createWorld({ project: 'bank', cast: world.cast })
    await other.release()
    return other
  }),
  stranger('edge-project-strangers', 'wrong_project', async () => {
    const other = await createWorld({ project: 'bank', cast: await makeCast() })
    await other.release()
    return other
  }),
  stranger('genesis', 'wrong_genesis', async world => {
    const other = await createWorld({ cast: world.cast, root: root => ({ ...root, issued: later(root.issued, 1000) }) })
    await other.release()
    return other
  }),
  withHead('state-project', 'wrong_project', {
    payload: head => ({ ...head, state: { ...head.state, project: 'bank' } }),
  }),
  withHead('state-environment', 'wrong_environment', {
    payload: head => ({ ...head, state: { ...head.state, environment: 'staging' } }),
  }),
  withHead('state-genesis', 'wrong_genesis', {
    payload: head => ({ ...head, state: { ...head.state, genesis: none } }),
  }),
  withHead('log-origin', 'log_origin', {
    payload: head => ({ ...head, log: { ...head.log, origin: 'flags.example/fresh' } }),
  }),
  withHead('log-origin-staging', 'log_origin', world => ({
    payload: head => ({ ...head, log: { ...head.log, origin: world.root().payload.environments[1]!.log.origin } }),
  })),
]

const TIME: readonly Attack[] = [
  cold('freeze', 'expired', async world => {
    await world.release()
    world.wait(2 * DAY)
    return undefined
  }),
  after('freeze-running', 'expired', async world => void world.wait(2 * DAY) as undefined, { running: true }),
  after(
    'freeze-running-stale-asked',
    'expired',
    async world => {
      world.wait(2 * DAY)
      return { allowStale: true }
    },
    { running: true },
  ),
  after(
    'expired-update',
    'expired',
    async world => {
      await world.release()
      world.wait(2 * DAY)
      return { allowStale: true }
    },
    { running: true },
  ),
  cold('expired-to-the-second', 'expired', async world => {
    await world.release()
    world.wait(DAY + 300_000)
    return undefined
  }),
  cold('ok-expired-within-skew', 'ok', async world => {
    await world.release()
    world.wait(DAY + 299_000)
    return undefined
  }),
  cold(
    'ok-cold-stale',
    'ok',
    async world => {
      await world.release()
      world.wait(30 * DAY)
      return { allowStale: true }
    },
    {},
    state => (state.stale ? told('expired')(state) : 'fresh'),
  ),
  cold(
    'ok-cold-stale-root',
    'ok',
    async world => {
      await world.release()
      world.wait(500 * DAY)
      return { allowStale: true }
    },
    {},
    told('root_expired', 'expired'),
  ),
  after(
    'ok-stale-again',
    'ok',
    async world => {
      world.wait(2 * DAY)
      return { allowStale: true, previous: await world.open({ allowStale: true }) }
    },
    { accepted: told('expired') },
  ),
  after(
    'ok-stale-heals',
    'ok',
    async world => {
      world.wait(2 * DAY)
      const previous = await world.open({ allowStale: true })
      world.wait(-2 * DAY)
      return { previous }
    },
    { accepted: state => (state.stale ? 'stale' : told()(state)) },
  ),
  after(
    'clock-back',
    'clock_fault',
    async world => {
      await world.head()
      world.wait(-730 * DAY)
      return undefined
    },
    { running: true },
  ),
  after(
    'head-from-the-future',
    'clock_fault',
    async world =>
      void (await world.head('production', {
        payload: moved(301_000),
      })) as undefined,
    { running: true },
  ),
  after(
    'ok-future-within-skew',
    'ok',
    async world =>
      void (await world.head('production', {
        payload: moved(299_000),
      })) as undefined,
    { running: true },
  ),
  cold(
    'ok-clock-back-cold',
    'ok',
    async world => {
      await world.release()
      world.wait(-730 * DAY)
      return undefined
    },
    {},
    told('clock_fault'),
  ),
  after(
    'ok-clock-back-goes-on',
    'ok',
    async world => {
      await world.head()
      world.wait(-730 * DAY)
      const previous = await world.open()
      world.wait(730 * DAY)
      await world.release()
      world.wait(-730 * DAY)
      return { previous }
    },
    { accepted: told('clock_fault') },
  ),
  withHead('head-lifetime', 'head_lifetime', { lifetime: 24 * 3600 + 1 }),
  withHead('ok-head-lifetime', 'ok', { lifetime: 24 * 3600 }),
  withHead('head-lifetime-years', 'head_lifetime', { lifetime: 10 * 365 * 24 * 3600 }),
]

const FLOOR: readonly Attack[] = [
  withHead('floor-epoch', 'rollback', {}, { floor: { epoch: 2 } }),
  withHead('floor-sequence', 'rollback', {}, { floor: { epoch: 1, sequence: 2 } }),
  withHead('floor-release', 'release_rollback', {}, { floor: { epoch: 1, release: 2 } }),
  withHead('floor-stop', 'stop_rollback', {}, { floor: { epoch: 1, stop: 1 } }),
  withHead('ok-floor', 'ok', {}, { floor: { epoch: 1, sequence: 1, release: 1 } }),
  cold('ok-floor-void', 'ok', async world => {
    await world.release()
    await world.raiseEpoch()
    world.commit()
    await world.head()
    return { floor: { epoch: 1, sequence: 9, release: 9, stop: 9 } }
  }),
]

const json = (change: (head: Record<string, unknown>) => unknown) => (text: string) =>
  JSON.stringify(change(JSON.parse(text) as Record<string, unknown>))

const FILES: readonly Attack[] = [
  cold('no-release', 'no_release', async () => undefined),
  file('env-huge', 'too_large', text => text + ' '.repeat(300_000)),
  file('head-endless', 'too_large', () => new Uint8Array(5_000_000)),
  file('head-not-json', 'json', text => text.slice(1)),
  file('head-empty', 'json', () => ''),
  file('head-html', 'json', () => '<!doctype html><title>404</title>'),
  file('head-not-utf8', 'json', () => new Uint8Array([0x7b, 0xff, 0x7d])),
  file('head-null', 'schema', () => 'null'),
  file('head-list', 'schema', text => `[${text}]`),
  file(
    'head-statement-only',
    'schema',
    json(head => JSON.parse(head.head as string)),
  ),
  file(
    'head-statement-parsed',
    'schema',
    json(head => ({ ...head, head: JSON.parse(head.head as string) })),
  ),
  file(
    'head-without-release',
    'schema',
    json(({ release: _, ...head }) => head),
  ),
  file(
    'head-without-stops',
    'schema',
    json(({ stops: _, ...head }) => head),
  ),
  file(
    'head-without-proofs',
    'schema',
    json(({ proofs: _, ...head }) => head),
  ),
  file(
    'head-stops-object',
    'schema',
    json(head => ({ ...head, stops: { length: 0 } })),
  ),
  file(
    'head-stops-numbers',
    'schema',
    json(head => ({ ...head, stops: [1] })),
  ),
  file(
    'head-index-number',
    'schema',
    json(head => ({ ...head, index: 7 })),
  ),
  file(
    'head-proofs-text',
    'schema',
    json(head => ({ ...head, proofs: 'x' })),
  ),
  file(
    'head-proof-upper',
    'schema',
    json(head => ({ ...head, proofs: { state: ['A'.repeat(64)], consistency: [] } })),
  ),
  file(
    'head-proof-short',
    'schema',
    json(head => ({ ...head, proofs: { state: ['ab'], consistency: [] } })),
  ),
  file(
    'head-proof-row',
    'schema',
    json(head => ({ ...head, proofs: { state: [], consistency: [null] } })),
  ),
  file(
    'head-proof-from-text',
    'schema',
    json(head => ({ ...head, proofs: { state: [], consistency: [{ from: '1', hashes: [] }] } })),
  ),
  file('head-deep', 'schema', () => `{"head":${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
  file(
    'head-inherited',
    'schema',
    json(({ release, ...head }) => head),
  ),
  file('head-proto', 'schema', text => text.replace('"release":', '"__proto__":{"release":"x"},"x":')),
  file(
    'ok-head-unknown-members',
    'ok',
    json(head => ({ ...head, later: { a: [1] }, __proto__: undefined })),
  ),
  file('ok-head-white-space', 'ok', text => JSON.stringify(JSON.parse(text), null, 2)),
  file(
    'ok-head-index-null',
    'ok',
    json(head => ({ ...head, index: null })),
  ),
  file(
    'ok-head-without-checkpoint',
    'ok',
    json(({ checkpoint: _, ...head }) => head),
  ),
  file(
    'release-huge',
    'too_large',
    json(head => ({ ...head, release: 'x'.repeat(70_000) })),
  ),
  file(
    'head-statement-huge',
    'too_large',
    json(head => ({ ...head, head: 'x'.repeat(70_000) })),
  ),
  file(
    'head-lone-surrogate',
    'envelope',
    json(head => ({ ...head, head: '\ud800' })),
  ),
]

export const headAttacks: readonly Attack[] = [...SEQUENCE, ...BINDING, ...TIME, ...FLOOR, ...FILES]
