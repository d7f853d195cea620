import { utf8 } from '../../src/base/bytes.ts'
import { formatTime } from '../../src/base/time.ts'
import type { RootEnvironment, RootPayload } from '../../src/trust/types.ts'
import { personOf, withEnvironment } from '../support/cast.ts'
import { envelopeText, flipBit, sealText, takeApart } from '../support/forge.ts'
import { DAY, START, type World } from '../support/world.ts'
import { type Attack, after, cold, type MakeWorld } from './attack.ts'

/** Root 1 is like this. */
function first(
  id: string,
  expected: string,
  root: (root: RootPayload) => unknown,
  signers?: readonly string[],
): Attack {
  const options = { root: root as (root: RootPayload) => RootPayload, ...(signers === undefined ? {} : { signers }) }
  const publish = async (world: World) => void (await world.release())
  return cold(id, expected, publish as () => Promise<undefined>, options as Parameters<MakeWorld>[0])
}

const production = (change: (one: RootEnvironment) => object) => (root: RootPayload) =>
  withEnvironment(root, 'production', change as (one: RootEnvironment) => Partial<RootEnvironment>)

/** Root 2 is like this, after a release under root 1. */
function second(
  id: string,
  expected: string,
  change: (root: RootPayload, world: World) => unknown,
  signers: readonly string[] = ['alice', 'bob'],
  bytes?: (sealed: Uint8Array) => Uint8Array,
): Attack {
  return cold(id, expected, async world => {
    await world.release()
    world.wait()
    await world.nextRoot(root => change(root, world), signers, bytes)
    await world.head()
    return undefined
  })
}

const withPerson = (root: RootPayload, world: World, id: string) => {
  const people = [...root.people, personOf(world.cast, id)].sort((a, b) => (a.id < b.id ? -1 : 1))
  return { ...root, people }
}
/** Eve and dave take the place of alice and bob as root members. */
const takeover = (root: RootPayload, world: World) => ({
  ...withPerson(root, world, 'eve'),
  root: { members: ['carol', 'dave', 'eve'], threshold: 2 },
})

const RULES: readonly Attack[] = [
  first('root-1sig', 'threshold', root => root, ['alice']),
  first('root-1sig-two-keys', 'threshold', root => root, ['alice', 'alice2']),
  first('root-signed-by-no-member', 'threshold', root => root, ['alice', 'dave']),
  first('root-signed-by-strangers', 'threshold', root => root, ['eve', 'eve2']),
  first('root-impossible', 'impossible_threshold', root => ({ ...root, root: { ...root.root, threshold: 4 } })),
  first('root-threshold-zero', 'schema', root => ({ ...root, root: { ...root.root, threshold: 0 } })),
  first('root-no-members', 'schema', root => ({ ...root, root: { members: [], threshold: 1 } })),
  first('root-members-unsorted', 'schema', root => ({
    ...root,
    root: { ...root.root, members: ['bob', 'alice', 'carol'] },
  })),
  first('root-member-twice', 'schema', root => ({
    ...root,
    root: { ...root.root, members: ['alice', 'alice', 'bob'] },
  })),
  first('root-person-twice', 'schema', root => ({ ...root, people: [...root.people, root.people.at(-1)!] })),
  first('root-people-unsorted', 'schema', root => ({ ...root, people: root.people.toReversed() })),
  first('root-environment-twice', 'schema', root => ({
    ...root,
    environments: [root.environments[0]!, root.environments[0]!],
  })),
  first('root-keys-unsorted', 'schema', root => ({
    ...root,
    people: root.people.map(one => ({ ...one, keys: one.keys.toReversed() })),
  })),
  first('root-key-listed-twice', 'schema', root => ({
    ...root,
    people: root.people.map(one => (one.id === 'dave' ? { ...one, keys: [one.keys[0]!, one.keys[0]!] } : one)),
  })),
  first('root-person-without-key', 'schema', root => ({
    ...root,
    people: root.people.map(one => (one.id === 'dave' ? { ...one, keys: [] } : one)),
  })),
  first('root-extra', 'schema', root => ({ ...root, note: '' })),
  first(
    'root-environment-extra',
    'schema',
    production(() => ({ note: '' })),
  ),
  first('root-machine-text', 'schema', root => ({
    ...root,
    people: root.people.map(one => ({ ...one, machine: 'no' })),
  })),
  first('root-genesis-in-one', 'schema', root => ({ ...root, genesis: '0'.repeat(64) })),
  first('root-previous-in-one', 'schema', root => ({ ...root, previous: '0'.repeat(64) })),
  first('root-expires-before-issued', 'schema', root => ({ ...root, expires: root.issued })),
  first('root-lives-401-days', 'schema', root => ({ ...root, expires: formatTime(START + 401 * DAY) })),
  first('ok-root-lives-400-days', 'ok', root => ({ ...root, expires: formatTime(START - DAY + 400 * DAY) })),
  first('root-spec-2', 'spec', root => ({ ...root, spec: 2 })),
  first('root-project', 'wrong_project', root => ({ ...root, project: 'bank' })),
  first(
    'root-unknown-person',
    'unknown_person',
    production(() => ({ approve: ['alice', 'zoe'] })),
  ),
  first(
    'root-unknown-publisher',
    'unknown_person',
    production(() => ({ publish: ['zoe'] })),
  ),
  first('root-unknown-member', 'unknown_person', root => ({
    ...root,
    root: { members: ['alice', 'bob', 'zoe'], threshold: 2 },
  })),
  first('root-member-machine', 'role_conflict', root => ({
    ...root,
    root: { members: ['alice', 'bob', 'robot'], threshold: 2 },
  })),
  first(
    'role-conflict',
    'role_conflict',
    production(() => ({ author: ['alice', 'publisher'] })),
  ),
  first(
    'role-conflict-stop',
    'role_conflict',
    production(() => ({ stop: ['dave', 'publisher'] })),
  ),
  first('role-conflict-elsewhere', 'role_conflict', root =>
    withEnvironment(root, 'staging', () => ({ stop: ['publisher'] })),
  ),
  first('role-conflict-human-publisher', 'role_conflict', root => ({
    ...root,
    environments: root.environments.map(one => ({
      ...one,
      stop: [],
      publish: one.name === 'staging' ? ['stager'] : ['dave'],
    })),
  })),
  first(
    'role-conflict-machine-approves',
    'role_conflict',
    production(() => ({ approve: ['alice', 'bob', 'robot'] })),
  ),
  first('role-conflict-machine-author', 'role_conflict', root =>
    withEnvironment(root, 'staging', () => ({ author: ['alice', 'robot'] })),
  ),
  first(
    'ok-machine-author',
    'ok',
    production(() => ({ author: ['alice', 'robot'] })),
  ),
  first(
    'ok-machine-stops',
    'ok',
    production(() => ({ stop: ['dave', 'robot'] })),
  ),
  first(
    'root-approvals-impossible',
    'impossible_threshold',
    production(() => ({ approvals: 3 })),
  ),
  first(
    'root-approvals-by-author-only',
    'impossible_threshold',
    production(() => ({ author: ['alice'], approve: ['alice'] })),
  ),
  first(
    'root-approvals-negative',
    'schema',
    production(() => ({ approvals: -1 })),
  ),
  first(
    'root-no-author',
    'schema',
    production(() => ({ author: [] })),
  ),
  first(
    'root-no-publisher',
    'schema',
    production(() => ({ publish: [] })),
  ),
  first(
    'root-head-lifetime',
    'schema',
    production(() => ({ headLifetime: 8 * 24 * 3600 })),
  ),
  first(
    'root-head-lifetime-zero',
    'schema',
    production(() => ({ headLifetime: 0 })),
  ),
  first(
    'root-epoch-zero',
    'schema',
    production(() => ({ epoch: 0 })),
  ),
  cold('root-origin-space', 'schema', async () => undefined, {
    root: production(one => ({ log: { ...one.log, origin: 'a b' } })),
  }),
  cold('root-origin-newline', 'schema', async () => undefined, {
    root: production(one => ({ log: { ...one.log, origin: 'a\nb' } })),
  }),
  first('root-origin-shared', 'schema', root =>
    withEnvironment(root, 'staging', one => ({ log: { ...one.log, origin: root.environments[0]!.log.origin } })),
  ),
  first('root-log-key-shared', 'duplicate_key', root =>
    withEnvironment(root, 'staging', one => ({ log: { ...one.log, key: root.environments[0]!.log.key } })),
  ),
  {
    id: 'root-log-key-p256',
    expected: 'key_alg',
    stage: async make => {
      const { cast } = await make()
      const key = cast.eve2!.jwk as unknown as RootEnvironment['log']['key']
      const world = await make({ root: production(one => ({ log: { ...one.log, key } })) })
      return () => world.open()
    },
  },
]

const CHAIN: readonly Attack[] = [
  second(
    'ok-root-rotate',
    'ok',
    (root, world) => ({
      ...production(() => ({ standing: world.standing() }))(root),
      people: root.people.map(one => (one.id === 'alice' ? personOf(world.cast, 'alice', false, ['alice2']) : one)),
    }),
    ['alice', 'alice2', 'bob'],
  ),
  second('ok-root-takeover', 'ok', takeover, ['alice', 'bob', 'dave', 'eve']),
  second('root-skip', 'root_version', root => ({ ...root, version: 3 })),
  second('root-same-version', 'root_version', root => ({ ...root, version: 1 })),
  second('root-old-missing', 'threshold_old', takeover, ['carol', 'dave', 'eve']),
  second('root-new-missing', 'threshold_new', takeover, ['alice', 'bob']),
  second('root-new-one', 'threshold_new', takeover, ['alice', 'bob', 'dave']),
  second('root-threshold-decrease', 'threshold_old', root => ({ ...root, root: { ...root.root, threshold: 1 } }), [
    'alice',
  ]),
  second('root-old-two-keys', 'threshold_old', root => root, ['alice', 'alice2']),
  second('root-strangers', 'threshold_old', root => root, ['eve', 'eve2']),
  second('root-previous', 'root_fork', root => ({ ...root, previous: '0'.repeat(64) })),
  second('root-genesis', 'wrong_genesis', root => ({ ...root, genesis: '0'.repeat(64) })),
  second('root-genesis-null', 'wrong_genesis', root => ({ ...root, genesis: null })),
  second('root-two-project', 'wrong_project', root => ({ ...root, project: 'bank' })),
  second('root-two-spec', 'spec', root => ({ ...root, spec: 2 })),
  second('root-two-extra', 'schema', root => ({ ...root, note: 1 })),
  second('root-two-conflict', 'role_conflict', root => ({
    ...root,
    root: { members: ['alice', 'bob', 'robot'], threshold: 2 },
  })),
  second(
    'root-two-unsigned-conflict',
    'threshold_old',
    root => ({ ...root, root: { members: ['alice', 'bob', 'robot'], threshold: 2 } }),
    ['eve'],
  ),
  second(
    'root-bad-signature',
    'signature',
    root => root,
    ['alice', 'bob'],
    sealed => {
      const { encoded, rows } = takeApart(sealed)
      return utf8(
        envelopeText(
          encoded,
          rows.map(row => ({ ...row, signature: flipBit(row.signature) })),
        ),
      )
    },
  ),
  cold('root-jwk-member-order', 'json_not_canonical', async world => {
    await world.release()
    const { bytes } = await world.nextRoot()
    const text = takeApart(bytes).payload.replace(/\{"crv":"Ed25519",("kid":"[^"]*"),/, '{$1,"crv":"Ed25519",')
    world.put('roots/2.json', await sealText(text, 'root', world.cast.alice!, world.cast.bob!))
    return undefined
  }),
  second(
    'root-truncated',
    'envelope',
    root => root,
    ['alice', 'bob'],
    sealed => sealed.slice(0, -2),
  ),
  second(
    'root-huge',
    'too_large',
    root => root,
    ['alice', 'bob'],
    () => new Uint8Array(300_000),
  ),
  second('root-key-to-another', 'duplicate_key', (root, world) => ({
    ...root,
    people: root.people.map(one => {
      if (one.id === 'alice') return personOf(world.cast, 'alice')
      return one.id === 'dave' ? personOf(world.cast, 'dave', false, ['alice2']) : one
    }),
  })),
  second('root-machine-becomes-person', 'duplicate_key', root => ({
    ...root,
    people: root.people.map(one => (one.id === 'robot' ? { ...one, machine: false } : one)),
  })),
  second('root-key-from-log', 'duplicate_key', (root, world) =>
    production(one => ({ log: { ...one.log, key: world.cast.eve!.jwk } }))({
      ...root,
      people: root.people.map(one => (one.id === 'dave' ? personOf(world.cast, 'dave', false, ['log']) : one)),
    }),
  ),
  cold('root-key-to-another-later', 'duplicate_key', async world => {
    const dave = (names: string[]) => (root: RootPayload) => ({
      ...root,
      people: root.people.map(one => (one.id === 'dave' ? personOf(world.cast, 'dave', false, names) : one)),
    })
    await world.release()
    await world.nextRoot(dave(['eve']))
    await world.nextRoot(root => ({
      ...root,
      people: root.people.map(one => (one.id === 'carol' ? personOf(world.cast, 'carol', false, ['dave']) : one)),
    }))
    await world.head()
    return undefined
  }),
  second(
    'root-epoch-jump',
    'root_epoch',
    production(one => ({ epoch: 3, log: { ...one.log, origin: 'x' } })),
  ),
  second(
    'root-epoch-jump-same-origin',
    'root_epoch',
    production(() => ({ epoch: 3 })),
  ),
  second(
    'root-epoch-same-origin',
    'root_epoch',
    production(() => ({ epoch: 2 })),
  ),
  second(
    'root-origin-same-epoch',
    'root_epoch',
    production(one => ({ log: { ...one.log, origin: 'x' } })),
  ),
  cold('root-epoch-falls', 'root_epoch', async world => {
    await world.release()
    await world.raiseEpoch()
    await world.nextRoot(production(one => ({ epoch: 1, log: { ...one.log, origin: 'x' } })))
    return undefined
  }),
  ...(
    [
      ['root-standing-vanishes', () => ({ standing: null })],
      ['root-standing-falls', one => ({ standing: { ...one.standing!, log: { ...one.standing!.log, size: 1 } } })],
      [
        'root-standing-log-forks',
        one => ({ standing: { ...one.standing!, log: { ...one.standing!.log, root: '0'.repeat(64) } } }),
      ],
      [
        'root-standing-release-falls',
        one => ({ standing: { ...one.standing!, release: { ...one.standing!.release, version: 1 } } }),
      ],
      [
        'root-standing-release-forks',
        one => ({ standing: { ...one.standing!, release: { ...one.standing!.release, digest: '0'.repeat(64) } } }),
      ],
      ['root-standing-stop-vanishes', one => ({ standing: { ...one.standing!, stop: null } })],
    ] as const satisfies readonly (readonly [string, (one: RootEnvironment) => object])[]
  ).map(([id, change]) =>
    cold(id, 'root_standing', async world => {
      await world.release()
      await world.stop()
      await world.release()
      const standing = world.standing()
      await world.nextRoot(production(() => ({ standing })))
      await world.nextRoot(production(change))
      return undefined
    }),
  ),
  cold('root-endless', 'too_many_roots', async world => {
    for (let i = 0; i < 1025; i++)
      await world.nextRoot(
        root => ({ ...root, root: { members: ['alice'], threshold: 1 } }),
        i === 0 ? ['alice', 'bob'] : ['alice'],
      )
    return undefined
  }),
  cold('root-expired', 'root_expired', async world => {
    world.wait(365 * DAY + 301_000)
    await world.release()
    return undefined
  }),
  cold('ok-root-expired-within-skew', 'ok', async world => {
    world.wait(365 * DAY + 299_000)
    await world.release()
    return undefined
  }),
  cold('ok-expired-local-root', 'ok', async world => {
    await world.release()
    world.wait(400 * DAY)
    await world.nextRoot()
    await world.head()
    return undefined
  }),
  cold('ok-root-pinned-by-digest', 'ok', async world => {
    await world.release()
    return { root: { version: 1, digest: world.roots[0]!.digest } }
  }),
  cold('ok-root-pinned-later', 'ok', async world => {
    await world.release()
    await world.nextRoot()
    await world.nextRoot()
    return { root: { version: 2, digest: world.roots[1]!.digest } }
  }),
  cold('root-pin-digest', 'root_digest', async world => ({ root: { version: 1, digest: world.cast.alice!.jwk.kid } })),
  cold('root-pin-missing', 'root_missing', async world => ({ root: { version: 4, digest: world.roots[0]!.digest } })),
  cold('root-pin-version', 'root_version', async world => {
    world.put('roots/4.json', world.roots[0]!.bytes)
    return { root: { version: 4, digest: world.roots[0]!.digest } }
  }),
  cold('unknown-environment', 'unknown_environment', async world => {
    await world.release()
    world.put('qa/head.json', world.store.get('production/head.json')!)
    return { environment: 'qa' }
  }),
  after('root-rollback', 'root_rollback', async world => {
    const restore = world.snapshot()
    await world.nextRoot()
    const memory = await world.memory()
    restore()
    return { memory }
  }),
  after('root-fork', 'root_fork', async (_, before) => ({
    memory: { ...before.memory, root: { ...before.memory.root, digest: '0'.repeat(64) } },
  })),
  after('root-epoch-rollback', 'root_rollback', async (_, before) => ({ memory: { ...before.memory, epoch: 2 } })),
  after('memory-of-another-lineage', 'memory_mismatch', async (_, before) => ({
    memory: { ...before.memory, genesis: '0'.repeat(64) },
  })),
  after('memory-of-another-environment', 'memory_mismatch', async (_, before) => ({
    memory: { ...before.memory, environment: 'staging' },
  })),
  after('memory-of-another-project', 'memory_mismatch', async (_, before) => ({
    memory: { ...before.memory, project: 'bank' },
  })),
]

export const rootAttacks: readonly Attack[] = [...RULES, ...CHAIN]
