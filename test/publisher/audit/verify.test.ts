import { describe, expect, it } from 'vitest'
import { utf8 } from '../../../src/base/bytes.ts'
import { canonicalBytes, type Json } from '../../../src/base/json.ts'
import { formatTime } from '../../../src/base/time.ts'
import type { HeadPayload, LogEntry, ReleasePayload, StateEntry } from '../../../src/bundle/types.ts'
import { tipRoot } from '../../../src/log/append.ts'
import { makeCheckpoint } from '../../../src/log/checkpoint.ts'
import { auditLog } from '../../../src/publisher/audit/verify.ts'
import { digestOf } from '../../../src/trust/digest.ts'
import { cosign, readSealed } from '../../../src/trust/seal.ts'
import { readEnvelope } from '../../../src/trust/statement.ts'
import { createWorld, DAY, type World } from '../../support/world.ts'

const MINUTE = 60_000
const CHECKPOINT = 'production/log/1/checkpoint'

async function note(world: World, change: { size?: number; root?: Uint8Array } = {}): Promise<void> {
  const { tip } = world.realm()
  const { x } = world.cast.log!.jwk
  const raw = new Uint8Array(Buffer.from(x, 'base64url'))
  const { origin } = world.root().payload.environments.find(one => one.name === 'production')!.log
  const tree = { origin, size: change.size ?? tip.size, root: change.root ?? tipRoot(tip) }
  const bytes = await makeCheckpoint(tree, raw, input => world.cast.log!.sign(input))
  world.put(CHECKPOINT, utf8(bytes))
}

/** What an audit finds, beside the manifests, which this world has none of. */
async function findings(world: World, head: HeadPayload): Promise<string[]> {
  const pin = world.roots[0]!.bytes
  const report = await auditLog({ source: world.source, project: world.project, pin, head }, world.now)
  return report.findings.filter(one => one.code !== 'manifest').map(one => `${one.entry} ${one.code}`)
}

const dated = (since: string) => (entry: StateEntry) => ({ ...entry, since })
const file = (world: World, kind: string) => [...world.store.keys()].find(path => path.includes(`/${kind}/`))!

/** Somebody says no to the release that comes next, and it comes all the same. */
async function releaseInSpiteOf(world: World, signer: string): Promise<void> {
  const before = readEnvelope(world.store.get(file(world, 'releases'))!, 'release', 'release 1')
  const first = JSON.parse(new TextDecoder().decode(before.payload)) as ReleasePayload
  const next = {
    ...first,
    version: 2,
    previous: before.digest,
    created: formatTime(world.now),
    effective: { from: formatTime(world.now - MINUTE), until: formatTime(world.now + 7 * DAY) },
  }
  const subject = { type: 'release', digest: digestOf(canonicalBytes(next as unknown as Json)) }
  const { digest, bytes } = await world.event('production', {
    payload: one => ({ ...one, action: 'rejected', subject }),
    signers: [signer],
  })
  world.put(`production/events/${digest}.json`, bytes)
  expect((await world.release()).digest).toBe(subject.digest)
}

/** A release, then something, then a head over the whole; and what is found of it, by entry. */
const HISTORIES: readonly [string, readonly string[], (world: World) => Promise<unknown>][] = [
  ['nothing else', [], async () => {}],
  [
    'releases, a stop and an event in order',
    [],
    async world => {
      await world.stop()
      await world.release()
      const { digest, bytes } = await world.event()
      world.put(`production/events/${digest}.json`, bytes)
    },
  ],
  [
    'a release that one is left out before',
    ['1 release_gap'],
    world => world.release('production', { payload: one => ({ ...one, version: 3 }) }),
  ],
  [
    'a release on another ground',
    ['1 release_fork'],
    world => world.release('production', { payload: one => ({ ...one, previous: '0'.repeat(64) }) }),
  ],
  [
    'a release that was dated back',
    ['1 log_order', '1 not_effective', '2 log_order'],
    world => world.release('production', { entry: dated('2026-11-01T00:00:00Z') }),
  ],
  [
    'a time of effect that changed',
    ['1 log_order', '2 log_order'],
    async world => world.commit('production', dated('2026-11-21T12:30:00Z')),
  ],
  ['a release without its approval', ['1 threshold'], world => world.release('production', { signers: ['alice'] })],
  [
    'a stop that one is left out before',
    ['1 stop_gap'],
    world => world.stop('production', { payload: one => ({ ...one, version: 2, previous: '0'.repeat(64) }) }),
  ],
  ['a release that an approver had rejected', ['3 change_closed'], world => releaseInSpiteOf(world, 'bob')],
  ['a release that its author had taken back', ['3 change_closed'], world => releaseInSpiteOf(world, 'alice')],
  ['a release to which somebody else had said no', [], world => releaseInSpiteOf(world, 'dave')],
  ['a stop by somebody who may not', ['1 stop_signer'], world => world.stop('production', { signers: ['alice'] })],
  [
    'an older root after a newer one',
    ['2 root_rollback'],
    async world => {
      const before = world.state()
      await world.nextRoot()
      world.commit()
      world.commit('production', () => before)
    },
  ],
  [
    'a root that nobody has',
    ['1 root_missing'],
    async world => world.commit('production', one => ({ ...one, root: { version: 9, digest: '0'.repeat(64) } })),
  ],
  [
    'another root of that version',
    ['1 root_mismatch'],
    async world => world.commit('production', one => ({ ...one, root: { version: 1, digest: '0'.repeat(64) } })),
  ],
  [
    'an entry of another environment',
    ['1 log_entry'],
    async world => world.commit('production', one => ({ ...one, environment: 'staging' })),
  ],
  [
    'entries that are none',
    ['1 log_entry', '2 log_entry', '3 log_entry', '4 log_entry'],
    async world => {
      for (const entry of [null, 7, { type: 'state' }, { ...world.state(), more: 1 }])
        world.log('production', entry as unknown as LogEntry)
    },
  ],
  ['a release that is gone', ['0 statement_missing'], async world => world.store.delete(file(world, 'releases'))],
  [
    'a release with one more signature',
    ['0 statement_changed'],
    async world => {
      const path = file(world, 'releases')
      const more = await cosign(
        readSealed(world.store.get(path)!, 'release'),
        world.cast.dave!,
        Math.floor(world.now / 1000),
      )
      world.put(path, more)
    },
  ],
]

describe('an audit of a history with', () => {
  it.each(HISTORIES)('%s', async (_, expected, happens) => {
    const world = await createWorld()
    await world.release()
    world.wait()
    await happens(world)
    world.wait()
    world.commit()
    const { payload } = await world.head()
    await note(world)
    expect(await findings(world, payload)).toEqual(expected)
  })
})

describe('a checkpoint', () => {
  const made = async () => {
    const world = await createWorld()
    await world.release()
    await world.stop()
    return { world, head: (await world.head()).payload }
  }

  it.each<[string, string[], (world: World) => Promise<unknown>]>([
    ['of the head’s tree', [], world => note(world)],
    ['that is gone', ['1 checkpoint_mismatch'], async () => {}],
    ['of another root', ['1 checkpoint_mismatch'], world => note(world, { root: new Uint8Array(32) })],
    ['of fewer entries', ['1 checkpoint_mismatch'], world => note(world, { size: 1 })],
    ['of more entries, which are not there', ['1 checkpoint_mismatch'], world => note(world, { size: 9 })],
    [
      'of an append that was cut off',
      ['1 append_unfinished'],
      async world => {
        world.commit()
        await note(world)
      },
    ],
    [
      'that was changed',
      ['1 checkpoint_signature'],
      async world => {
        await note(world)
        const text = new TextDecoder().decode(world.store.get(CHECKPOINT))
        world.put(CHECKPOINT, utf8(text.replace('\n2\n', '\n1\n')))
      },
    ],
    ['that is no note', ['1 checkpoint_form'], async world => world.put(CHECKPOINT, utf8('none'))],
  ])('%s', async (_, expected, change) => {
    const { world, head } = await made()
    await change(world)
    expect(await findings(world, head)).toEqual(expected)
  })
})
