import { EnsignError } from '../../base/errors.ts'
import type { Json } from '../../base/json.ts'
import { FORMATS, type Format, formatRows } from '../../publisher/audit/formats.ts'
import { type AuditRow, auditRows } from '../../publisher/audit/rows.ts'
import { auditLog } from '../../publisher/audit/verify.ts'
import type { Finding } from '../../publisher/audit/walk.ts'
import { sealEvent } from '../../publisher/change/close.ts'
import type { Call, Command } from '../command.ts'
import { ledgerOf } from '../ledger.ts'
import { deskOf, LOG_KEY, type Place, PUBLISH_KEY, placeOf, READING, SIGNING, signerOf } from '../place.ts'
import { columns, count } from '../print.ts'

const FILTERS = [
  { flags: '--since <time>', about: 'not before' },
  { flags: '--flag <key>', about: 'of this flag' },
  { flags: '--actor <person>', about: 'by this person' },
  { flags: '--action <action>', about: 'create, toggle, stop, root, …' },
]

export const auditVerify: Command = {
  name: 'audit verify',
  topic: 'audit',
  summary: 'check the whole history of an environment',
  about:
    'Every leaf and tile, the order of releases and stops, every quorum under the root of that time, every manifest against\nthe rules, and the rules of change as they were then; and stops that stood for longer than the policy allows. Ends with\n1 where anything is found.',
  options: [...READING],
  examples: [{ command: 'ensign audit verify -e production', shows: 'from the first entry to the last' }],
  json: {
    environment: 'the environment',
    entries: 'entries of the log',
    releases: 'releases',
    stops: 'stops',
    events: 'other events',
    findings: 'array of {entry, code, what}',
    notes: 'array of {entry, code, what}: what can be mended no more, and ends with 0',
  },
  async run(call) {
    call.progress('reading the log')
    const report = await auditLog(await ledgerOf(await placeOf(call)), call.io.now())
    const { entries, releases, stops, events, findings, notes } = report
    const lines = [
      ...findings.map(({ entry, code, what }) => `${call.paint.red('finding')}[${code}] in entry ${entry}: ${what}`),
      ...notes.map(({ entry, code, what }) => `${call.paint.yellow('note')}[${code}] on entry ${entry}: ${what}`),
      `${count(entries, 'entry', 'entries')}: ${count(releases, 'release')}, ${count(stops, 'stop')}, ${count(events, 'event')}; ${count(findings.length, 'finding')}`,
    ]
    return { exit: findings.length > 0 ? 1 : 0, json: report as unknown as Json, text: lines.join('\n') }
  },
}

export const auditShow: Command = {
  name: 'audit show',
  topic: 'audit',
  summary: 'show what one entry of the log did',
  args: [{ name: 'entry', about: 'its index' }],
  options: [...READING],
  examples: [{ command: 'ensign audit show 12 -e production', shows: 'entry 12' }],
  json: { rows: 'the evidence' },
  async run(call) {
    const entry = Number(call.need('entry'))
    const { rows } = await rowsOf(call, await placeOf(call))
    const found = rows.filter(row => row.entry === entry)
    if (found.length === 0) throw new EnsignError('log_entry_missing', `no entry ${entry} that did anything`)
    return { json: { rows: found as unknown as Json }, text: JSON.stringify(found, null, 2) }
  },
}

export const auditLogCommand: Command = {
  name: 'audit log',
  topic: 'audit',
  summary: 'list who did what, when and why',
  options: [...READING, ...FILTERS],
  examples: [{ command: 'ensign audit log -e production --flag checkout-v2', shows: 'the story of a flag' }],
  json: { rows: 'the evidence, as `audit export` has it' },
  async run(call) {
    const { rows, findings } = await rowsOf(call, await placeOf(call))
    const table = rows.map(row => [
      String(row.entry),
      row.timestamp_utc,
      row.actor.id,
      row.action,
      row.flag_key ?? '',
      row.approval.approved_by.join('+'),
      row.reason,
    ])
    return {
      exit: findings.length > 0 ? 1 : 0,
      json: { rows: rows as unknown as Json },
      text: rows.length === 0 ? 'nothing' : columns(table),
    }
  },
}

export const auditExport: Command = {
  name: 'audit export',
  topic: 'audit',
  summary: 'write the log as evidence, and have that logged',
  options: [
    ...SIGNING,
    PUBLISH_KEY,
    LOG_KEY,
    ...FILTERS,
    { flags: '--format <format>', about: 'the format', choices: FORMATS, default: 'jsonl' },
    { flags: '--reason <text>', about: 'what it is for', default: 'export' },
  ],
  examples: [{ command: 'ensign audit export --format csv --as erin > audit.csv', shows: 'for a spreadsheet' }],
  json: { rows: 'the evidence' },
  async run(call) {
    const place = await placeOf(call)
    const root = await place.chain()
    const event = await sealEvent(
      place.view,
      { genesis: root.genesis },
      { action: 'export', subject: null, reason: call.text('reason') ?? 'export' },
      await signerOf(place),
    )
    await (await deskOf(place)).event(event)
    const { rows, findings } = await rowsOf(call, place)
    const lines = formatRows((call.text('format') ?? 'jsonl') as Format, rows)
    return { exit: findings.length > 0 ? 1 : 0, json: { rows: rows as unknown as Json }, text: lines.join('\n') }
  },
}

async function rowsOf(call: Call, place: Place): Promise<{ rows: AuditRow[]; findings: Finding[] }> {
  const findings: Finding[] = []
  const [since, flag, actor, action] = ['since', 'flag', 'actor', 'action'].map(name => call.text(name))
  const from = since === undefined ? undefined : Date.parse(since)
  if (from !== undefined && Number.isNaN(from)) throw new EnsignError('usage', '--since takes a day or a time')
  const rows: AuditRow[] = []
  for await (const row of auditRows(await ledgerOf(place), finding => findings.push(finding))) {
    const fits =
      (from === undefined || Date.parse(row.timestamp_utc) >= from) &&
      (flag === undefined || row.flag_key === flag) &&
      (actor === undefined || row.actor.id === actor) &&
      (action === undefined || row.action === action)
    if (fits) rows.push(row)
  }
  for (const { entry, code, what } of findings) call.note(`entry ${entry}: ${code}: ${what}`)
  return { rows, findings }
}
