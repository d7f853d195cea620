import { utf8 } from '../../src/base/bytes.ts'
import { formatTime, parseTime } from '../../src/base/time.ts'
import type { ReleasePayload } from '../../src/bundle/types.ts'
import type { RootPayload, StatementType } from '../../src/trust/types.ts'
import { personOf, withEnvironment } from '../support/cast.ts'
import { envelopeText, flipBit, sealText, takeApart, withSignature } from '../support/forge.ts'
import { DAY, type ReleaseChange, type World } from '../support/world.ts'
import { type Attack, after, cold, type MakeWorld } from './attack.ts'

const none = '0'.repeat(64)
const later = (text: string, ms: number) => formatTime(parseTime(text)! + ms)

/** The first release is like this. */
function first(id: string, expected: string, change: ReleaseChange, world: Parameters<MakeWorld>[0] = {}): Attack {
  return cold(id, expected, async made => void (await made.release('production', change)) as undefined, world)
}

/** A second release like this, to a client that knows the first. */
function next(id: string, expected: string, change: ReleaseChange | ((world: World) => ReleaseChange)): Attack {
  return after(
    id,
    expected,
    async world =>
      void (await world.release('production', typeof change === 'function' ? change(world) : change)) as undefined,
  )
}

/** The payload is this text, signed by alice and bob as a statement of this type. */
function resealed(id: string, expected: string, type: StatementType, change: (text: string) => string): Attack {
  return cold(id, expected, async world => {
    const { alice, bob } = world.cast
    await world.release('production', {
      bytes: sealed => sealText(change(takeApart(sealed).payload), type, alice!, bob!),
    })
    return undefined
  })
}

const production = (change: Parameters<typeof withEnvironment>[2]) => (root: RootPayload) =>
  withEnvironment(root, 'production', change)
const without = (root: RootPayload, id: string): RootPayload => ({
  ...root,
  people: root.people.filter(one => one.id !== id),
  root: { members: root.root.members.filter(one => one !== id), threshold: 2 },
  environments: root.environments.map(one => ({
    ...one,
    author: one.author.filter(person => person !== id),
    approve: one.approve.filter(person => person !== id),
    stop: one.stop.filter(person => person !== id),
  })),
})
const by = (author: string) => (release: ReleasePayload) => ({ ...release, author })

const QUORUM: readonly Attack[] = [
  first('ok-four-eyes', 'ok', {}),
  first('ok-six-eyes', 'ok', { signers: ['alice', 'bob', 'carol'] }),
  first('ok-author-second-key', 'ok', { signers: ['alice2', 'bob'] }),
  first('four-eyes-self', 'threshold', { signers: ['alice'] }),
  first('four-eyes-two-keys', 'threshold', { signers: ['alice', 'alice2'] }),
  first('four-eyes-dup-sig', 'duplicate_signature', {
    bytes: sealed => {
      const { encoded, rows } = takeApart(sealed)
      return utf8(envelopeText(encoded, [...rows, rows[0]!]))
    },
  }),
  first('four-eyes-spoof-author', 'author_not_signed', { payload: by('carol'), signers: ['alice', 'bob'] }),
  first('four-eyes-spoof-author2', 'unknown_author', { payload: by('zoe') }),
  first('four-eyes-author-role', 'unknown_author', { payload: by('bob') }),
  first('four-eyes-author-machine', 'unknown_author', { payload: by('robot'), signers: ['robot', 'bob'] }),
  first('four-eyes-author-publisher', 'unknown_author', { payload: by('publisher'), signers: ['publisher', 'bob'] }),
  first('four-eyes-machine-approves', 'threshold', { signers: ['alice', 'robot'] }),
  first('four-eyes-publisher-approves', 'threshold', { signers: ['alice', 'publisher'] }),
  first('four-eyes-stopper-approves', 'threshold', { signers: ['alice', 'dave'] }),
  first('four-eyes-stranger-approves', 'threshold', { signers: ['alice', 'eve'] }),
  first('four-eyes-strangers', 'author_not_signed', { signers: ['eve', 'eve2'] }),
  first('four-eyes-approver-only', 'author_not_signed', { signers: ['bob', 'carol'] }),
  first('four-eyes-forged-approval', 'signature', { bytes: sealed => withSignature(sealed, flipBit) }),
  first(
    'six-eyes-one-missing',
    'threshold',
    { signers: ['alice', 'bob'] },
    { root: production(() => ({ approvals: 2 })) },
  ),
  first(
    'six-eyes-author-does-not-count',
    'threshold',
    { signers: ['alice', 'alice2', 'bob'] },
    { root: production(() => ({ approvals: 2 })) },
  ),
  first(
    'ok-machine-authored',
    'ok',
    { payload: by('robot'), signers: ['robot', 'bob'] },
    { root: production(() => ({ author: ['robot'] })) },
  ),
  first('ok-approvals-zero', 'ok', { signers: ['alice'] }, { root: production(() => ({ approvals: 0 })) }),
  cold('ok-staging-alone', 'ok', async world => {
    await world.release('staging')
    return { environment: 'staging' }
  }),
  cold('approval-replay-env', 'wrong_environment', async world => {
    const staging = await world.release('staging', { signers: ['alice', 'bob'] })
    await world.release('production', { bytes: () => staging.bytes })
    return undefined
  }),
  resealed('release-typ-of-stop', 'header', 'stop', text => text),
  cold('release-surplus-signature', 'not_logged', async world => {
    const { bytes } = await world.release()
    const { alice, bob, eve } = world.cast
    const more = await sealText(takeApart(bytes).payload, 'release', alice!, bob!, eve!)
    world.edit(file => ({ ...file, release: new TextDecoder().decode(more) }))
    return undefined
  }),
  cold('release-signature-left-out', 'not_logged', async world => {
    const { bytes } = await world.release('production', { signers: ['alice', 'bob', 'carol'] })
    const { encoded, rows } = takeApart(bytes)
    world.edit(file => ({ ...file, release: envelopeText(encoded, rows.slice(1)) }))
    return undefined
  }),
]

const FORM: readonly Attack[] = [
  first('release-extra', 'schema', { payload: one => ({ ...one, note: 1 }) }),
  first('release-created-never', 'schema', { payload: one => ({ ...one, created: 'never' }) }),
  first('release-spec-2', 'spec', { payload: one => ({ ...one, spec: 2 }) }),
  first('release-project', 'wrong_project', { payload: one => ({ ...one, project: 'bank' }) }),
  first('release-genesis', 'wrong_genesis', { payload: one => ({ ...one, genesis: none }) }),
  first('release-previous-in-one', 'schema', { payload: one => ({ ...one, previous: none }) }),
  next('release-previous-null', 'schema', { payload: one => ({ ...one, previous: null }) }),
  first('release-window-backwards', 'schema', {
    payload: one => ({ ...one, effective: { from: one.effective.until, until: one.effective.from } }),
  }),
  first('release-window-31-days', 'schema', {
    payload: one => ({ ...one, effective: { ...one.effective, until: later(one.effective.from, 30 * DAY + 1000) } }),
  }),
  first('ok-release-window-30-days', 'ok', {
    payload: one => ({ ...one, effective: { ...one.effective, until: later(one.effective.from, 30 * DAY) } }),
  }),
  first('release-window-for-ever', 'schema', {
    payload: one => ({ ...one, effective: { ...one.effective, until: '9999-12-31T23:59:59Z' } }),
  }),
  first('release-count-zero', 'schema', { payload: one => ({ ...one, parts: { ...one.parts, count: 0 } }) }),
  first('release-clears-text', 'schema', { payload: one => ({ ...one, clears: 'all' }) }),
  first('release-too-large', 'too_large', { payload: one => ({ ...one, note: 'x'.repeat(3000) }) }),
  resealed('release-ws', 'json_not_canonical', 'release', text => text.replace(':', ': ')),
  resealed('release-dup', 'json_not_canonical', 'release', text => text.replace('"author"', '"author":"bob","author"')),
  resealed('release-proto', 'json_key', 'release', text => text.replace('{', '{"__proto__":{},')),
]

const LINEAGE: readonly Attack[] = [
  cold('mix-release', 'release_digest', async world => {
    const one = await world.release()
    await world.release()
    world.edit(file => ({ ...file, release: one.text }))
    return undefined
  }),
  first('release-version-lie', 'release_digest', {
    entry: entry => ({ ...entry, release: { ...entry.release, version: 7 } }),
    head: {
      payload: head => ({ ...head, state: { ...head.state, release: { ...head.state.release, version: 7 } } }),
    },
  }),
  next('approval-stale-base', 'release_fork', { payload: one => ({ ...one, previous: none }) }),
  after('release-rollback-logged', 'release_rollback', async world => {
    const old = { release: world.realm().release!, since: world.realm().since }
    await world.release()
    const memory = await world.memory()
    Object.assign(world.realm(), old)
    world.commit()
    await world.head()
    return { memory }
  }),
  after('release-fork', 'release_fork', async world => {
    const first = world.realm().release!
    await world.release()
    const memory = await world.memory()
    world.realm().release = first
    await world.release('production', { flags: {} })
    return { memory }
  }),
  after('clears-falls', 'release_rollback', async world => {
    await world.stop()
    await world.release('production', { payload: one => ({ ...one, clears: world.standing().stop }) })
    const memory = await world.memory()
    world.wait()
    await world.release('production', { payload: one => ({ ...one, clears: null }) })
    return { memory }
  }),
  after('clears-forks', 'stop_fork', async world => {
    await world.stop()
    await world.release('production', { payload: one => ({ ...one, clears: world.standing().stop }) })
    const memory = await world.memory()
    world.wait()
    await world.release('production', { payload: one => ({ ...one, clears: { version: 1, digest: none } }) })
    return { memory }
  }),
  first('clears-ahead', 'stop_gap', { payload: one => ({ ...one, clears: { version: 1, digest: none } }) }),
  after('ok-skips-releases', 'ok', async world => {
    await world.release()
    await world.release()
    await world.release()
    return undefined
  }),
]

const EFFECT: readonly Attack[] = [
  first('not-effective-early', 'not_effective', {
    payload: one => ({ ...one, effective: { from: later(one.created, 1000), until: later(one.created, DAY) } }),
  }),
  first('not-effective-lapsed', 'not_effective', {
    payload: one => ({ ...one, effective: { from: later(one.created, -DAY), until: later(one.created, -1000) } }),
  }),
  cold('not-effective-after-issued', 'not_effective', async world => {
    world.realm().issued = 0
    await world.release('production', {
      head: { payload: head => ({ ...head, issued: later(head.issued, -1000), expires: later(head.expires, -1000) }) },
    })
    return undefined
  }),
  after('not-effective-from-the-drawer', 'not_effective', async world => {
    const since = world.realm().since
    world.wait(DAY / 2)
    await world.head()
    const memory = await world.memory()
    await world.release('production', {
      head: false,
      payload: one => ({ ...one, effective: { from: since, until: later(since, DAY) } }),
    })
    world.realm().since = later(since, 1000)
    world.commit()
    await world.head()
    return { memory }
  }),
  after('ok-old-release', 'ok', async world => {
    const previous = await world.open()
    world.wait(40 * DAY)
    await world.stop()
    const second = await world.open({ previous })
    world.wait()
    await world.event()
    const third = await world.open({ previous: second })
    world.wait()
    await world.nextRoot()
    world.commit()
    await world.head()
    return { previous: third }
  }),
  cold('ok-old-release-cold', 'ok', async world => {
    await world.release()
    world.wait(40 * DAY)
    await world.stop()
    return undefined
  }),
]

const LEAVERS: readonly Attack[] = [
  after('leaver-new', 'threshold', async world => {
    const standing = world.standing()
    await world.nextRoot(root => production(() => ({ standing }))(without(root, 'bob')), ['alice', 'bob', 'carol'])
    await world.release()
    return undefined
  }),
  after('leaver-new-author', 'unknown_author', async world => {
    await world.nextRoot(
      root => production(() => ({ standing: world.standing() }))(without(root, 'alice')),
      ['alice', 'bob', 'carol'],
    )
    await world.release()
    return undefined
  }),
  after(
    'ok-leaver-standing',
    'ok',
    async world => {
      await world.nextRoot(
        root => production(() => ({ standing: world.standing() }))(without(root, 'alice')),
        ['alice', 'bob', 'carol'],
      )
      await world.head()
      return undefined
    },
    { accepted: state => (state.basis === 'standing' ? undefined : state.basis) },
  ),
  cold('ok-leaver-standing-cold', 'ok', async world => {
    await world.release()
    await world.nextRoot(
      root => production(() => ({ standing: world.standing() }))(without(root, 'alice')),
      ['alice', 'bob', 'carol'],
    )
    await world.head()
    return undefined
  }),
  cold('leaver-not-standing', 'unknown_author', async world => {
    await world.release()
    await world.nextRoot(root => without(root, 'alice'), ['alice', 'bob', 'carol'])
    await world.head()
    return undefined
  }),
  ...[true, false].map(running =>
    after(
      `root-orphan${running ? '-running' : ''}`,
      'release_unsupported',
      async world => {
        await world.nextRoot(root => without(root, 'alice'), ['alice', 'bob', 'carol'])
        world.commit()
        await world.head()
        return undefined
      },
      { running },
    ),
  ),
  after('root-orphan-by-approvals', 'release_unsupported', async world => {
    await world.nextRoot(production(() => ({ approvals: 2 })))
    world.commit()
    await world.head()
    return undefined
  }),
  cold('below-standing', 'release_rollback', async world => {
    await world.release()
    const old = { release: world.realm().release!, since: world.realm().since }
    await world.release()
    await world.nextRoot(production(() => ({ standing: world.standing() })))
    Object.assign(world.realm(), old)
    world.commit()
    await world.head()
    return undefined
  }),
  cold('beside-standing', 'release_fork', async world => {
    await world.release()
    const first = world.realm().release!
    await world.release()
    await world.nextRoot(production(() => ({ standing: world.standing() })))
    world.realm().release = first
    await world.release('production', { flags: {} })
    return undefined
  }),
  cold('after-standing-another-parent', 'release_fork', async world => {
    await world.release()
    await world.nextRoot(production(() => ({ standing: world.standing() })))
    await world.release('production', { payload: one => ({ ...one, previous: none }) })
    return undefined
  }),
  after('epoch-heal-other-release', 'release_fork', async world => {
    const memory = await world.memory()
    await world.raiseEpoch()
    await world.release('production', { payload: one => ({ ...one, previous: none }) })
    return { memory }
  }),
  cold('leaver-key-to-another-person', 'duplicate_key', async world => {
    await world.release()
    await world.nextRoot(root => ({
      ...production(() => ({ standing: world.standing() }))(without(root, 'carol')),
      people: without(root, 'carol').people.map(one =>
        one.id === 'dave' ? personOf(world.cast, 'dave', false, ['carol']) : one,
      ),
    }))
    await world.head()
    return undefined
  }),
]

export const releaseAttacks: readonly Attack[] = [...QUORUM, ...FORM, ...LINEAGE, ...EFFECT, ...LEAVERS]
