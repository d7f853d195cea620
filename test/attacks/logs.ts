import { canonical, type Json } from '../../src/base/json.ts'
import type { HeadFile } from '../../src/bundle/types.ts'
import { EMPTY_TIP } from '../../src/log/append.ts'
import { withEnvironment } from '../support/cast.ts'
import { sealText } from '../support/forge.ts'
import type { HeadChange, World } from '../support/world.ts'
import { type Attack, after, cold, withHead } from './attack.ts'

const none = '0'.repeat(64)
const proofs = (change: (given: HeadFile['proofs']) => HeadFile['proofs']): HeadChange => ({
  file: given => ({ ...given, proofs: change(given.proofs) }),
})

/** A log of three entries, so that its proofs have hashes. */
function grown(id: string, expected: string, change: HeadChange): Attack {
  return cold(id, expected, async world => {
    await world.release()
    await world.stop()
    await world.release('production', { head: change })
    return undefined
  })
}

/** The log is made again from nothing, with other entries before the last. */
async function rewrite(world: World, entries: number): Promise<void> {
  const one = world.realm()
  one.tip = EMPTY_TIP
  for (const path of [...world.store.keys()]) if (path.includes('/log/')) world.store.delete(path)
  const state = one.logged!
  for (let i = 1; i < entries; i++) world.log('production', { ...state, since: '2026-11-20T00:00:00Z' })
  world.log('production', state)
  one.sizes = Array.from({ length: entries }, (_, i) => i + 1)
}

const forgetTiles = (world: World) => {
  for (const path of [...world.store.keys()]) if (path.includes('/tile/')) world.store.delete(path)
}

const NOT_LOGGED: readonly Attack[] = [
  ...(
    [
      ['since', { since: '2026-11-21T11:59:59Z' }],
      ['root', { root: { version: 1, digest: none } }],
      ['stop', { stop: { version: 9, digest: none, envelope: none } }],
    ] as const
  ).map(([name, other]) =>
    cold(`state-other-${name}`, 'not_logged', async world => {
      await world.release('production', { entry: entry => ({ ...entry, ...other }) })
      return undefined
    }),
  ),
  cold('log-unlogged', 'not_logged', async world => {
    await world.release('production', {
      entry: entry => ({ ...entry, release: { ...entry.release, digest: none, envelope: none } }),
    })
    return undefined
  }),
  cold('state-older-entry', 'not_logged', async world => {
    await world.release()
    const old = world.realm().logged!
    await world.event('production', { head: { payload: head => ({ ...head, state: { ...old, root: old.root } }) } })
    world.log('production', {
      type: 'event',
      genesis: old.genesis,
      project: 'shop',
      environment: 'production',
      digest: none,
      envelope: none,
    })
    await world.head()
    return undefined
  }),
  withHead('log-root-other', 'not_logged', { payload: head => ({ ...head, log: { ...head.log, root: none } }) }),
  withHead('log-size-other', 'not_logged', { payload: head => ({ ...head, log: { ...head.log, size: 2 } }) }),
  withHead('log-size-most', 'not_logged', {
    payload: head => ({ ...head, log: { ...head.log, size: Number.MAX_SAFE_INTEGER } }),
  }),
  withHead('log-size-zero', 'schema', { payload: head => ({ ...head, log: { ...head.log, size: 0 } }) }),
  withHead('log-size-over', 'json_number', world => ({
    bytes: async (_, payload) => {
      const text = canonical(payload as unknown as Json).replace('"size":1', '"size":9007199254740992')
      return sealText(text, 'head', world.cast.publisher!)
    },
  })),
  withHead(
    'proof-surplus',
    'not_logged',
    proofs(given => ({ ...given, state: [...given.state, none] })),
  ),
  grown(
    'proof-missing',
    'not_logged',
    proofs(given => ({ ...given, state: [] })),
  ),
  grown(
    'proof-short',
    'not_logged',
    proofs(given => ({ ...given, state: given.state.slice(1) })),
  ),
  grown(
    'proof-long',
    'not_logged',
    proofs(given => ({ ...given, state: [...given.state, none] })),
  ),
  grown(
    'proof-other',
    'not_logged',
    proofs(given => ({ ...given, state: given.state.map(() => none) })),
  ),
  grown(
    'proof-many',
    'not_logged',
    proofs(given => ({ ...given, state: Array.from({ length: 2000 }, () => none) })),
  ),
]

const HISTORY: readonly Attack[] = [
  after('log-shrink', 'log_shrunk', async world => {
    await world.event()
    const memory = await world.memory()
    await rewrite(world, 1)
    await world.head()
    return { memory }
  }),
  after('log-rewrite', 'log_rewritten', async world => {
    await world.event()
    const memory = await world.memory()
    await rewrite(world, 5)
    await world.head()
    return { memory }
  }),
  after('log-rewrite-tiles', 'log_rewritten', async world => {
    await world.event()
    const memory = await world.memory()
    await rewrite(world, 5)
    await world.head(
      'production',
      proofs(given => ({ ...given, consistency: [] })),
    )
    return { memory }
  }),
  after('log-rewrite-genuine-proof', 'log_rewritten', async world => {
    await world.event()
    const memory = await world.memory()
    const restore = world.snapshot()
    await world.event()
    const genuine = JSON.parse(new TextDecoder().decode(world.store.get('production/head.json'))) as HeadFile
    restore()
    await rewrite(world, 5)
    await world.head(
      'production',
      proofs(given => ({ ...given, consistency: genuine.proofs.consistency })),
    )
    return { memory }
  }),
  after('log-split', 'split_view', async world => {
    await world.event()
    const memory = await world.memory()
    await rewrite(world, 3)
    await world.head()
    return { memory }
  }),
  after('log-split-running', 'split_view', async world => {
    await world.event()
    const previous = await world.open()
    await rewrite(world, 3)
    await world.head()
    return { previous }
  }),
  after('log-gap', 'log_gap', async world => {
    await world.event('production', { head: proofs(given => ({ ...given, consistency: [] })) })
    forgetTiles(world)
    return undefined
  }),
  after('ok-from-tiles', 'ok', async world => {
    await world.event('production', { head: proofs(given => ({ ...given, consistency: [] })) })
    return undefined
  }),
  after('log-tile-corrupt', 'tile_hash', async world => {
    await world.event('production', { head: proofs(given => ({ ...given, consistency: [] })) })
    for (const [path, bytes] of world.store)
      if (path.includes('/tile/0/'))
        world.put(
          path,
          bytes.map(byte => byte ^ 1),
        )
    return undefined
  }),
  after('consistency-surplus', 'log_rewritten', async world => {
    await world.event('production', {
      head: proofs(given => ({
        ...given,
        consistency: given.consistency.map(one => ({ ...one, hashes: [...one.hashes, none] })),
      })),
    })
    return undefined
  }),
  after('consistency-empty', 'log_rewritten', async world => {
    await world.event('production', {
      head: proofs(given => ({ ...given, consistency: given.consistency.map(one => ({ ...one, hashes: [] })) })),
    })
    return undefined
  }),
  after('ok-consistency-of-others', 'ok', async world => {
    const junk = { from: 7, hashes: [none] }
    const fraction = { from: 1.5, hashes: [] }
    await world.event('production', {
      head: proofs(given => ({ ...given, consistency: [junk, fraction, ...given.consistency] })),
    })
    return undefined
  }),
  cold('standing-log-rewritten', 'log_rewritten', async world => {
    await world.release()
    await world.event()
    const standing = world.standing()
    await world.nextRoot(root => withEnvironment(root, 'production', () => ({ standing })))
    await rewrite(world, 6)
    await world.head()
    return undefined
  }),
  cold('standing-log-shrunk', 'log_shrunk', async world => {
    await world.release()
    await world.event()
    const standing = world.standing()
    await world.nextRoot(root => withEnvironment(root, 'production', () => ({ standing })))
    await rewrite(world, 1)
    await world.head()
    return undefined
  }),
  after('epoch-without-standing', 'root_standing', async world => {
    await world.raiseEpoch('production', { standing: null })
    world.commit()
    await world.head()
    return undefined
  }),
  after('epoch-drops-history', 'log_rewritten', async world => {
    const memory = await world.memory()
    await world.event()
    await world.raiseEpoch()
    await rewrite(world, 9)
    await world.head()
    return { memory }
  }),
]

export const logAttacks: readonly Attack[] = [...NOT_LOGGED, ...HISTORY]
