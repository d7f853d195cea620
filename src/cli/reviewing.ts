import type { Json, JsonObject } from '../base/json.ts'
import { ordered } from '../base/largejson.ts'
import { formatTime } from '../base/time.ts'
import type { Review } from '../publisher/change/review.ts'
import type { ManifestEvent } from '../publisher/manifest/types.ts'
import { printRefusal } from '../publisher/policy/refuse.ts'
import type { Call, Result } from './command.ts'
import { countsOf, dangerIn, namesText, shortened } from './listing.ts'
import { columns, count } from './print.ts'
import { LINK_NAMES } from './telling.ts'

/** What would be signed, for people: computed from the rules, not taken from the author. */
export function printReview(call: Call, seen: Review): string {
  const { paint } = call
  const { change, manifest, approvals, refusals, carried, signed } = seen
  const { payload } = change
  const { events, impact, transitions, checks } = manifest
  const all = call.has('all')
  const rows = shortened(changesOf(seen), all, 'change', dangerIn(impact))
  const moves = shortened(impact, all, 'flag that moves', one => Number(one.moved))
  const later = shortened(transitions, all, 'step', () => 0)
  const lines = [
    `${paint.bold(change.id)}: release ${payload.version} of ${payload.environment}, by ${payload.author}`,
    ...(events.length === 0 ? [] : [countsOf(events)]),
    columns(rows.shown.map(({ action, flag_key, summary }) => [`  ${action}`, flag_key, summary])),
    ...rows.more,
    ...toldOf(events, 'reason', ({ reason }) => reason),
    ...(impact.length === 0 ? [] : [paint.bold('moves')]),
    ...moves.shown.map(({ flag_key, moved, minimum }) => {
      const least = moved === minimum ? '' : ` (the least possible: ${minimum}%)`
      return `  ${flag_key}: ${moved}% change their variant${least}`
    }),
    ...moves.more,
    ...(transitions.length === 0 ? [] : [paint.bold('later, by itself')]),
    ...(later.shown.length === 0
      ? []
      : [columns(later.shown.map(({ at, flag_key, summary }) => [`  ${at}`, flag_key, summary]))]),
    ...later.more,
    ...LINK_NAMES.flatMap(name => toldOf(events, name, event => event.linked_artifacts[name])),
    `checks: ${count(checks.lint.warnings, 'warning')}, ${count(checks.tests.passed, 'test')} passed`,
    `signs: ${change.digest}`,
    `effective: ${payload.effective.from} to ${payload.effective.until}`,
    `signed by: ${signed.map(({ person, iat }) => `${person} (${formatTime(iat * 1000)})`).join(', ')}`,
    `approvals: ${approvals.given.length} of ${approvals.required}${waiting(seen)}`,
    ...(carried.length === 0
      ? []
      : [`only the base has moved: what ${carried.join(', ')} approved before is the same, to the byte`]),
    ...refusals.map(refusal => `${paint.yellow('policy')} ${printRefusal(refusal)}`),
  ]
  return lines.join('\n')
}

/** `ticket: PAY-1` where all events say the same; else one line for each thing that is said, with its flags. */
function toldOf(events: readonly ManifestEvent[], name: string, of: (event: ManifestEvent) => string | null): string[] {
  const flags = new Map<string | null, Set<string>>()
  for (const event of events) {
    const value = of(event)
    flags.set(value, (flags.get(value) ?? new Set()).add(event.flag_key))
  }
  return [...flags].flatMap(([value, keys]) => {
    if (value === null) return []
    return [flags.size === 1 ? `${name}: ${value}` : `${name} for ${namesText([...keys])}: ${value}`]
  })
}

/** What a command says that has written a change. */
export function proposed(call: Call, seen: Review): Result {
  const { id } = seen.change
  const next = seen.approvals.required > seen.approvals.given.length ? 'ensign approve' : 'ensign publish'
  return {
    get json() {
      return { id, ...reviewJson(seen) }
    },
    get text() {
      return `${printReview(call, seen)}\n\nwritten to changes/${id}; next: ${next} ${id}`
    },
  }
}

/** One row for each event, with its one line for people; a stop that is lifted changes no rule and has none. */
function changesOf({ manifest, changes }: Review) {
  const summaries = new Map<string, string[]>()
  const nameOf = ({ action, flag_key }: { readonly action: string; readonly flag_key: string }) =>
    `${action} ${flag_key}`
  for (const row of changes) summaries.set(nameOf(row), [...(summaries.get(nameOf(row)) ?? []), row.summary])
  return manifest.events.map(event => {
    const { action, flag_key } = event
    // Two rules of one flag may change in one way: each row is taken once.
    const summary = summaries.get(nameOf(event))?.shift()
    return { action, flag_key, summary: summary ?? (action === 'resume' ? 'runs again' : '') }
  })
}

function waiting({ approvals: { given, required, who } }: Review): string {
  return given.length >= required ? '' : `; could approve: ${who.join(', ')}`
}

export function reviewJson(seen: Review): JsonObject {
  const { change, manifest, approvals, refusals, carried, signed } = seen
  const { payload, digest } = change
  return {
    release: { version: payload.version, digest, environment: payload.environment, author: payload.author },
    changes: changesOf(seen),
    // As they stand in the manifest, whether it was read or has just been made.
    events: ordered(manifest.events as unknown as Json),
    impact: ordered(manifest.impact as unknown as Json),
    transitions: ordered(manifest.transitions as unknown as Json),
    signed: signed.map(({ person, iat }) => ({ person, at: formatTime(iat * 1000) })),
    approvals: { given: [...approvals.given], required: approvals.required, who: [...approvals.who] },
    refusals: refusals as unknown as JsonObject[],
    carried: [...carried],
  }
}

reviewJson.shape = {
  release: '{version, digest, environment, author}',
  changes: 'array of {action, flag_key, summary}',
  events: 'array of the events of the audit manifest',
  impact: 'array of {flag_key, moved, minimum, audiences, readers}',
  transitions: 'array of {flag_key, at, moved, summary}',
  signed: 'array of {person, at}, in the order of signing; of one second by name',
  approvals: '{given, required, who}',
  refusals: 'array of {rule, what, who, how}',
  carried: 'people whose earlier approval was for the same edits',
}
