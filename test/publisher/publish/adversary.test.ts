import { describe, expect, it } from 'vitest'
import { utf8 } from '../../../src/base/bytes.ts'
import { canonicalBytes, type Json } from '../../../src/base/json.ts'
import { auditLog } from '../../../src/publisher/audit/verify.ts'
import type { Draft } from '../../../src/publisher/change/draft.ts'
import { readStandpoint } from '../../../src/publisher/change/ground.ts'
import { printPolicy } from '../../../src/publisher/policy/files.ts'
import type { Policy } from '../../../src/publisher/policy/types.ts'
import { readCurrent } from '../../../src/publisher/publish/current.ts'
import { publishDue } from '../../../src/publisher/publish/due.ts'
import { duePath, policyPath, projectPath } from '../../../src/publisher/publish/paths.ts'
import { refreshHead, submitEvent, submitRelease, submitStop } from '../../../src/publisher/publish/submit.ts'
import type { Publisher } from '../../../src/publisher/publish/types.ts'
import type { Store } from '../../../src/publisher/stores/store.ts'
import { digestOf } from '../../../src/trust/digest.ts'
import { readEnvelope } from '../../../src/trust/statement.ts'
import { dyingStore } from '../support/dying.ts'
import { flag, openShop, rulesOf, type Shop, type ShopOptions } from '../support/shop.ts'

const running = async (options: ShopOptions = {}) => {
  const shop = await openShop(options)
  await submitRelease(shop.publisher(), await shop.propose(rulesOf({ checkout: flag(true) })))
  shop.clock.now += 60_000
  return shop
}
const audit = async (shop: Shop) => {
  const { source, project, root: pin, now } = shop.view()
  const { head } = await readCurrent(shop.publisher())
  return auditLog({ source, project, pin, head: head! }, now())
}

describe('a submission that is not what it should be', () => {
  const withManifest = (change: (manifest: Draft['manifest']) => object) => (draft: Draft) => {
    const manifestBytes = canonicalBytes(change(draft.manifest) as Json)
    const manifest = { digest: digestOf(manifestBytes), size: manifestBytes.length }
    return { ...draft, manifestBytes, payload: { ...draft.payload, manifest } }
  }
  const lies: Readonly<Record<string, (manifest: Draft['manifest']) => object>> = {
    'another action': m => ({ ...m, events: m.events.map(event => ({ ...event, action: 'describe' })) }),
    'another state': m => ({ ...m, events: m.events.map(event => ({ ...event, new_state: null })) }),
    'nothing happened': m => ({ ...m, events: [] }),
    'another actor': m => ({
      ...m,
      events: m.events.map(event => ({ ...event, actor: { ...event.actor, id: 'bob' } })),
    }),
    'no impact': m => ({ ...m, impact: [] }),
    'another environment': m => ({ ...m, environment: 'staging' }),
    'another policy': m => ({ ...m, policy: '0'.repeat(64) }),
  }
  it.each(Object.entries(lies))('tells a lie in its manifest: %s', async (_, lie) => {
    const shop = await running()
    const one = await shop.propose(rulesOf({ checkout: flag(false) }), { change: withManifest(lie) })
    await expect(submitRelease(shop.publisher(), one)).rejects.toMatchObject({ code: 'manifest_lies' })
  })

  it('has no reason', async () => {
    const shop = await running()
    const bare = (m: Draft['manifest']) => ({ ...m, events: m.events.map(event => ({ ...event, reason: ' ' })) })
    const one = await shop.propose(rulesOf({ checkout: flag(false) }), { change: withManifest(bare) })
    await expect(submitRelease(shop.publisher(), one)).rejects.toMatchObject({ code: 'reason_missing' })
  })

  it('has one person twice, or only the author', async () => {
    const shop = await running()
    for (const signers of [['alice'], ['alice', 'alice2'], ['alice', 'eve'], ['alice', 'robot']]) {
      const one = await shop.propose(rulesOf({}), { signers })
      await expect(submitRelease(shop.publisher(), one)).rejects.toMatchObject({ code: 'threshold' })
    }
  })

  it('lacks a part, or brings another', async () => {
    const shop = await running()
    const one = await shop.propose(rulesOf({ checkout: flag(false) }))
    await expect(submitRelease(shop.publisher(), { ...one, parts: new Map() })).rejects.toMatchObject({
      code: 'part_missing',
    })
    const parts = new Map([...one.parts.keys()].map(digest => [digest, utf8('{"flags":{},"segments":{}}')]))
    await expect(submitRelease(shop.publisher(), { ...one, parts })).rejects.toMatchObject({ code: 'part_size' })
    await expect(submitRelease(shop.publisher(), { ...one, manifest: utf8('{}') })).rejects.toMatchObject({
      code: 'manifest',
    })
  })

  it('is an approval of another environment, or an old one again', async () => {
    const shop = await running()
    await submitRelease(shop.publisher('staging'), await shop.propose(rulesOf({}), { environment: 'staging' }))
    const staged = await shop.propose(rulesOf({ checkout: flag(true) }), {
      environment: 'staging',
      signers: ['alice', 'bob'],
    })
    await expect(submitRelease(shop.publisher(), staged)).rejects.toMatchObject({ code: 'wrong_environment' })
    const two = await shop.propose(rulesOf({ checkout: flag(false) }))
    await submitRelease(shop.publisher(), two)
    await submitRelease(shop.publisher(), await shop.propose(rulesOf({ checkout: flag(true) })))
    await expect(submitRelease(shop.publisher(), two)).rejects.toMatchObject({ code: 'release_passed' })
  })

  it('is a stop by somebody who may not, or of what is stopped', async () => {
    const shop = await running()
    await expect(submitStop(shop.publisher(), await shop.stop(['checkout'], {}, 'alice'))).rejects.toMatchObject({
      code: 'stop_signer',
    })
    await submitStop(shop.publisher(), await shop.stop(['checkout']))
    await expect(submitStop(shop.publisher(), await shop.stop(['checkout']))).rejects.toMatchObject({
      code: 'stop_nothing',
    })
  })
})

describe('the rules of change', () => {
  const all = { environments: null, risk: null }
  const policy: Policy = {
    roles: [],
    grants: ['alice', 'bob', 'carol', 'dave'].map(person => ({
      person,
      role: 'owner',
      environments: null,
      until: null,
    })),
    approvals: [{ ...all, count: 2, stages: [] }],
    tickets: [{ ...all, pattern: 'PAY-[0-9]+' }],
    windows: [],
    freezes: [],
    order: [{ environment: 'production', after: 'staging', hours: 1 }],
    steps: [],
    tests: [],
    ratifyHours: 24,
  }
  const ruled = async () => {
    const { bytes, digest } = printPolicy(policy)
    const shop = await openShop({ root: root => ({ ...root, policy: digest }) })
    await shop.store.put(projectPath('shop', policyPath(digest)), bytes, { ifNoneMatch: true })
    return shop
  }

  it('hold however a release comes in, and the audit finds nothing', async () => {
    const shop = await ruled()
    const artifacts = { ticket: 'PAY-1' }
    const two = { artifacts, signers: ['alice', 'bob', 'carol'] }
    await submitRelease(
      shop.publisher('staging'),
      await shop.propose(rulesOf({ checkout: flag(true) }), { ...two, environment: 'staging' }),
    )
    const propose = (more: object) => shop.propose(rulesOf({ checkout: flag(true) }), more)
    const refusal = async (more: object) =>
      submitRelease(shop.publisher(), await propose(more)).catch((error: Error) => error)
    expect(await refusal(two)).toMatchObject({ code: 'policy', message: expect.stringContaining('order/0') })
    shop.clock.now += 3600_000
    expect(await refusal({ ...two, artifacts: {} })).toMatchObject({ message: expect.stringContaining('tickets/0') })
    expect(await refusal({ artifacts })).toMatchObject({ message: expect.stringContaining('who could: carol, dave') })
    expect(await submitRelease(shop.publisher(), await propose(two))).toMatchObject({ outcome: 'published' })
    expect(await audit(shop)).toMatchObject({ entries: 1, releases: 1, findings: [] })
  })
})

describe('a store that somebody else writes to', () => {
  it('holds an append that nobody approved: it is left out, told, and work goes on', async () => {
    const shop = await running()
    const forged = await shop.propose(rulesOf({}), { signers: ['alice'] })
    // The publisher that would not check: its store takes the order of a release without a quorum.
    const { log, base, root } = await readCurrent(shop.publisher())
    const state = JSON.parse(
      new TextDecoder().decode((await shop.store.get('v1/shop/production/log/1/state.json'))!.bytes),
    ) as {
      entries: string[]
    }
    const entry = {
      ...JSON.parse(state.entries[0]!),
      release: { version: 2, digest: 'a'.repeat(64), envelope: 'b'.repeat(64) },
    }
    const bytes = canonicalBytes({
      base: { root: Buffer.from(base.tree.root).toString('hex'), size: base.tree.size },
      entries: [new TextDecoder().decode(canonicalBytes(entry as Json))],
      statements: [['production/releases/2-x.json', new TextDecoder().decode(forged.release)]],
    })
    await shop.store.put('v1/shop/production/log/1/state.json', bytes, { ifMatch: log!.tag })
    const receipt = await refreshHead(shop.publisher())
    expect(receipt).toMatchObject({ release: { version: 1 }, log: { size: 1 }, notices: [{ code: 'dropped' }] })
    const good = await submitRelease(shop.publisher(), await shop.propose(rulesOf({ checkout: flag(false) })))
    expect(good).toMatchObject({ release: { version: 2 }, log: { size: 2 } })
    expect(root.payload.version).toBe(1)
    expect((await audit(shop)).findings).toEqual([])
  })

  it('is found out by the audit', async () => {
    const shop = await running()
    const path = 'v1/shop/production/log/1/checkpoint'
    const note = (await shop.store.get(path))!
    await shop.store.put(path, utf8(new TextDecoder().decode(note.bytes).replace('\n1\n', '\n2\n')), {
      ifMatch: note.tag,
    })
    expect((await audit(shop)).findings).toMatchObject([{ code: 'checkpoint_signature' }])
  })
})

describe('two publishers at once', () => {
  it('one release wins, the other is told; stops and refreshes all get in', async () => {
    const shop = await running()
    const left = await shop.propose(rulesOf({ checkout: flag(false) }))
    const right = await shop.propose(rulesOf({ checkout: flag(true), other: flag(true) }))
    const stop = await shop.stop(['elsewhere'])
    const results = await Promise.allSettled([
      submitRelease(shop.publisher(), left),
      submitRelease(shop.publisher(), right),
      submitStop(shop.publisher(), stop),
      refreshHead(shop.publisher()),
    ])
    expect(results.map(({ status }) => status)).toEqual(expect.arrayContaining(['fulfilled', 'rejected']))
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1)
    const { state } = await readStandpoint(shop.view())
    expect(state).toMatchObject({ release: { version: 2 }, stops: [{ version: 1 }], head: { log: { size: 3 } } })
    expect((await audit(shop)).findings).toEqual([])
  })
})

describe('a publisher that is slower than another', () => {
  it('builds on one head, though the next one comes between its looks', async () => {
    const shop = await running()
    const slow: Publisher = { ...shop.publisher(), store: overtaken(shop.store, () => refreshHead(shop.publisher())) }
    expect(await submitStop(slow, await shop.stop(['checkout']))).toMatchObject({ outcome: 'published', sequence: 3 })
    const { state } = await readStandpoint(shop.view())
    expect(state).toMatchObject({ stops: [{ version: 1 }], head: { sequence: 3 } })
  })
})

/** After the first look at the head, and before the second, somebody else publishes. */
function overtaken(store: Store, publish: () => Promise<unknown>): Store {
  let looked = false
  return {
    ...store,
    async get(path, options) {
      const stored = await store.get(path, options)
      if (!path.endsWith('/head.json') || looked) return stored
      looked = true
      await publish()
      return stored
    },
  }
}

describe('a scheduled release', () => {
  it('takes effect when its time has come, once', async () => {
    const shop = await running()
    const one = await shop.propose(rulesOf({ checkout: flag(false) }))
    const at = '2026-11-21T18:00:00Z'
    expect(await submitRelease(shop.publisher(), { ...one, at })).toMatchObject({
      outcome: 'scheduled',
      release: { version: 1 },
    })
    expect((await publishDue(shop.publisher())).receipts).toEqual([])
    shop.clock.now = Date.parse(at)
    expect((await publishDue(shop.publisher())).receipts).toMatchObject([
      { outcome: 'published', release: { version: 2 } },
    ])
    expect(await publishDue(shop.publisher())).toEqual({ receipts: [], notices: [] })
  })

  it('whose base has moved is told and taken off the list', async () => {
    const shop = await running()
    const at = '2026-11-21T18:00:00Z'
    await submitRelease(shop.publisher(), { ...(await shop.propose(rulesOf({ checkout: flag(false) }))), at })
    await submitRelease(shop.publisher(), await shop.propose(rulesOf({})))
    shop.clock.now = Date.parse(at)
    expect((await publishDue(shop.publisher())).notices).toMatchObject([{ code: 'release_passed' }])
  })
})

describe('a scheduled release that is taken back', () => {
  const scheduled = async () => {
    const shop = await running()
    const one = await shop.propose(rulesOf({ checkout: flag(false) }))
    const at = '2026-11-21T18:00:00Z'
    await submitRelease(shop.publisher(), { ...one, at })
    const subject = { type: 'release', digest: readEnvelope(one.release, 'release', 'release').digest }
    const due = async () => {
      shop.clock.now = Date.parse(at)
      return publishDue(shop.publisher())
    }
    return { shop, one, at, subject, due }
  }

  /** Logged, and killed before the list was written. */
  const crashedWithdrawal = async ({ store, ...shop }: Shop, subject: { type: string; digest: string }) => {
    const path = projectPath('shop', duePath('production'))
    const list = await store.get(path)
    const withdrawn = await shop.event('withdrawn', subject)
    await submitEvent(shop.publisher(), withdrawn)
    await store.put(path, list!.bytes, { ifMatch: (await store.get(path))!.tag })
    return withdrawn
  }

  it('is logged as such and never takes effect', async () => {
    const { shop, subject, due } = await scheduled()
    const withdrawn = await shop.event('withdrawn', subject)
    expect((await submitEvent(shop.publisher(), withdrawn)).notices).toMatchObject([{ code: 'unscheduled' }])
    expect(await submitEvent(shop.publisher(), withdrawn)).toMatchObject({ outcome: 'unchanged', notices: [] })
    expect(await due()).toEqual({ receipts: [], notices: [] })
  })

  it('is taken off the list by the same command again, where a crash came between', async () => {
    const { shop, subject, due } = await scheduled()
    const cutOff = await crashedWithdrawal(shop, subject)
    expect(await submitEvent(shop.publisher(), cutOff)).toMatchObject({
      outcome: 'unchanged',
      notices: [{ code: 'unscheduled' }],
    })
    expect(await due()).toEqual({ receipts: [], notices: [] })
  })

  it('does not take effect although it is on the list still, and is sent again in vain', async () => {
    const { shop, one, at, subject, due } = await scheduled()
    await crashedWithdrawal(shop, subject)
    await expect(submitRelease(shop.publisher(), { ...one, at })).rejects.toMatchObject({ code: 'change_closed' })
    await expect(submitRelease(shop.publisher(), one)).rejects.toMatchObject({ code: 'change_closed' })
    expect(await due()).toMatchObject({ receipts: [], notices: [{ code: 'change_closed' }] })
    expect((await audit(shop)).findings).toEqual([])
  })

  it('can be published where somebody said no who is neither its author nor an approver', async () => {
    const { shop, one, subject } = await scheduled()
    await submitEvent(shop.publisher(), await shop.event('rejected', subject, 'dave'))
    expect(await submitRelease(shop.publisher(), one)).toMatchObject({ outcome: 'published', release: { version: 2 } })
    expect((await audit(shop)).findings).toEqual([])
  })

  it('stays on the list where it is not a person of the environment who says so, or something else is said', async () => {
    const { shop, subject, due } = await scheduled()
    const forged = submitEvent(shop.publisher(), await shop.event('withdrawn', subject, 'stager'))
    await expect(forged).rejects.toMatchObject({ code: 'threshold' })
    await submitEvent(shop.publisher(), await shop.event('drill', subject))
    expect((await due()).receipts).toMatchObject([{ outcome: 'published', release: { version: 2 } }])
  })
})

describe('one changed flag of many', () => {
  it('writes one part', async () => {
    const shop = await openShop()
    const flags = Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`flag-${i}`, flag(true)]))
    const first = dyingStore(shop.store, 0)
    await submitRelease({ ...shop.publisher(), store: first }, await shop.propose(rulesOf(flags)))
    shop.clock.now += 60_000
    const second = dyingStore(shop.store, 0)
    const change = await shop.propose(rulesOf({ ...flags, 'flag-7': flag(false) }))
    await submitRelease({ ...shop.publisher(), store: second }, change)
    const parts = second.paths().filter(path => path.includes('/parts/'))
    // The part and the index that names it.
    expect(parts).toHaveLength(2)
    expect(first.paths().filter(path => path.includes('/parts/')).length).toBeGreaterThan(4)
  })
})
