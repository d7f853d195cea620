import { describe, expect, it } from 'vitest'
import { formatRows } from '../../../src/publisher/audit/formats.ts'
import { type AuditRow, auditRows } from '../../../src/publisher/audit/rows.ts'
import { readCurrent } from '../../../src/publisher/publish/current.ts'
import { submitEvent, submitRelease, submitStop } from '../../../src/publisher/publish/submit.ts'
import { flag, openShop, rulesOf } from '../support/shop.ts'

/** A history with something of each kind in it: releases that create, change and delete, a stop, events. */
async function history(): Promise<AuditRow[]> {
  const shop = await openShop()
  const publish = async (rules: Parameters<typeof shop.propose>[0], ticket: string) => {
    await submitRelease(shop.publisher(), await shop.propose(rules, { reason: `for ${ticket}`, artifacts: { ticket } }))
    shop.clock.now += 60_000
  }
  await publish(rulesOf({ checkout: flag(true), old: flag(true) }), 'PAY-1')
  await publish(rulesOf({ checkout: flag(false) }), 'PAY-2')
  await submitStop(shop.publisher(), await shop.stop(['checkout']))
  shop.clock.now += 60_000
  await submitEvent(shop.publisher(), await shop.event('drill', null))
  await submitEvent(shop.publisher(), await shop.event('withdrawn', { type: 'release', digest: '0'.repeat(64) }))
  const { source, project, root: pin } = shop.view()
  const { head } = await readCurrent(shop.publisher())
  const rows: AuditRow[] = []
  for await (const row of auditRows({ source, project, pin, head: head! }, () => expect.unreachable())) rows.push(row)
  return rows
}

describe('evidence', () => {
  it('says of each release who approved it, when, and by which keys; the author is none of them', async () => {
    const rows = await history()
    const releases = rows.filter(({ action }) => ['create', 'toggle', 'delete'].includes(action))
    expect(releases.map(({ entry, action, flag_key }) => [entry, action, flag_key])).toEqual([
      [0, 'create', 'checkout'],
      [0, 'create', 'old'],
      [1, 'toggle', 'checkout'],
      [1, 'delete', 'old'],
    ])
    for (const { actor, approval, linked_artifacts } of releases) {
      expect(actor).toMatchObject({ id: 'alice' })
      expect(approval).toMatchObject({ required: 1, approved_by: ['bob'] })
      expect(approval.approved_at).toEqual([expect.stringMatching(/^2026-11-21T12:0[01]:00Z$/)])
      // The digest of what was signed, then the keys that signed: the author's and the approver's.
      expect(approval.approval_proof).toMatch(/^[0-9a-f]{64}( [A-Za-z0-9_-]{43}){2}$/)
      expect(linked_artifacts.ticket).toMatch(/^PAY-[12]$/)
    }
  })

  it('in OCSF has what Entity Management requires, and numbers that agree with their captions', async () => {
    const rows = await history()
    const events = formatRows('ocsf', rows).map(line => JSON.parse(line))
    expect(events.map(event => [event.unmapped.action, event.activity_id, event.activity_name])).toEqual([
      ['create', 1, 'Create'],
      ['create', 1, 'Create'],
      ['toggle', 3, 'Update'],
      ['delete', 4, 'Delete'],
      ['stop', 3, 'Update'],
      ['drill', 99, 'drill'],
      ['withdrawn', 99, 'withdrawn'],
    ])
    for (const [i, event] of events.entries()) {
      const row = rows[i]!
      expect(event).toMatchObject({
        class_uid: 3004,
        category_uid: 3,
        type_uid: 300_400 + event.activity_id,
        time: Date.parse(row.timestamp_utc),
        comment: row.reason,
        metadata: { version: '1.3.0', uid: row.event_id, product: { vendor_name: 'Ensign' } },
        actor: { user: { uid: row.actor.id } },
        entity: { uid: row.flag_key ?? 'production' },
        unmapped: row,
      })
      expect(event.severity_id).toBe(row.action === 'stop' ? 3 : 1)
      for (const side of [event.entity, event.entity_result]) expect(side.data).not.toBeNull()
    }
    expect(new Set(events.map(event => event.metadata.uid)).size).toBe(events.length)
  })
})
