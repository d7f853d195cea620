import type { AuditRow } from './rows.ts'

export const FORMATS = ['jsonl', 'csv', 'ocsf'] as const
export type Format = (typeof FORMATS)[number]

const COLUMNS: readonly (readonly [name: string, of: (row: AuditRow) => unknown])[] = [
  ['entry', row => row.entry],
  ['event_id', row => row.event_id],
  ['timestamp_utc', row => row.timestamp_utc],
  ['actor_id', row => row.actor.id],
  ['actor_display_name', row => row.actor.display_name],
  ['actor_auth_method', row => row.actor.auth_method],
  ['action', row => row.action],
  ['flag_key', row => row.flag_key],
  ['environment', row => row.environment],
  ['previous_state', row => row.previous_state],
  ['new_state', row => row.new_state],
  ['reason', row => row.reason],
  ['approval_required', row => row.approval.required],
  ['approved_by', row => row.approval.approved_by.join(' ')],
  ['approved_at', row => row.approval.approved_at.join(' ')],
  ['approval_proof', row => row.approval.approval_proof],
  ...(['pr', 'build', 'ticket', 'commit', 'runbook', 'incident', 'experiment'] as const).map(
    name => [name, (row: AuditRow) => row.linked_artifacts[name]] as const,
  ),
]

/** RFC 4180. What a spreadsheet would run as a formula is kept as text by an apostrophe. */
function csvCell(value: unknown): string {
  if (value === null || value === undefined) return ''
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** OCSF 1.3 Entity Management (3004): activities by the action. */
const ACTIVITIES: Readonly<Record<string, number>> = { create: 1, delete: 4, archive: 4 }
const UPDATE = 3

function ocsf(row: AuditRow): object {
  const activity = ACTIVITIES[row.action] ?? UPDATE
  return {
    class_uid: 3004,
    category_uid: 3,
    type_uid: 300_400 + activity,
    activity_id: activity,
    activity_name: row.action,
    severity_id: row.action === 'stop' ? 3 : 1,
    status_id: 1,
    time: Date.parse(row.timestamp_utc),
    message: row.reason,
    metadata: { version: '1.3.0', uid: row.event_id, product: { name: 'Ensign', vendor_name: 'Ensign' } },
    actor: { user: { uid: row.actor.id, name: row.actor.display_name } },
    entity: { type: 'feature flag', uid: row.flag_key ?? row.environment, data: row.previous_state },
    entity_result: { type: 'feature flag', uid: row.flag_key ?? row.environment, data: row.new_state },
    unmapped: row,
  }
}

/** Lines without their ends. */
export function formatRows(format: Format, rows: readonly AuditRow[]): string[] {
  if (format === 'jsonl') return rows.map(row => JSON.stringify(row))
  if (format === 'ocsf') return rows.map(row => JSON.stringify(ocsf(row)))
  return [
    COLUMNS.map(([name]) => name).join(','),
    ...rows.map(row => COLUMNS.map(([, of]) => csvCell(of(row))).join(',')),
  ]
}
