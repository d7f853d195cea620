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

type Activity = readonly [id: number, caption: string]
const UPDATE: Activity = [3, 'Update']
/** OCSF 1.3 Entity Management (3004): activities by the action. What changes no flag keeps its own word, as `Other` does. */
const ACTIVITIES: Readonly<Record<string, Activity>> = {
  create: [1, 'Create'],
  export: [2, 'Read'],
  delete: [4, 'Delete'],
  drill: [99, 'drill'],
  rejected: [99, 'rejected'],
  withdrawn: [99, 'withdrawn'],
}

const CLASS = 3004

function ocsf(row: AuditRow): object {
  const [activity, caption] = ACTIVITIES[row.action] ?? UPDATE
  const [severity, severityCaption] = row.action === 'stop' ? [3, 'Medium'] : [1, 'Informational']
  const entity = { type: row.flag_key === null ? 'environment' : 'feature flag', uid: row.flag_key ?? row.environment }
  const withData = (data: AuditRow['new_state']) => (data === null ? entity : { ...entity, data })
  return {
    class_uid: CLASS,
    class_name: 'Entity Management',
    category_uid: 3,
    category_name: 'Identity & Access Management',
    type_uid: CLASS * 100 + activity,
    type_name: `Entity Management: ${activity === 99 ? 'Other' : caption}`,
    activity_id: activity,
    activity_name: caption,
    severity_id: severity,
    severity: severityCaption,
    status_id: 1,
    status: 'Success',
    time: Date.parse(row.timestamp_utc),
    message: `${row.action} ${entity.uid}: ${row.reason}`,
    comment: row.reason,
    metadata: { version: '1.3.0', uid: row.event_id, product: { name: 'Ensign', vendor_name: 'Ensign' } },
    actor: { user: { uid: row.actor.id, name: row.actor.display_name } },
    entity: withData(row.previous_state),
    entity_result: withData(row.new_state),
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
