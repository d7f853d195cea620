import type { Change, FutureTransition, Impact } from '../publisher/diff/types.ts'
import { sharesText } from '../publisher/impact/transitions.ts'
import type { Paint } from './paint.ts'
import { count } from './print.ts'

/** What a difference holds, whoever shows it: text, Markdown, JSON. */
export interface Difference {
  readonly environment: string
  /** What the changes are to, in words. */
  readonly against: string
  readonly changes: readonly Change[]
  readonly impact: readonly Impact[]
  readonly transitions: readonly FutureTransition[]
}

const SHOWN_AUDIENCES = 3
const SHOWN_READERS = 8

export function differenceText(
  { environment, against, changes, impact, transitions }: Difference,
  paint: Paint,
): string {
  if (changes.length === 0) return `${environment}: no difference to ${against}`
  const lines = [`${paint.bold(environment)}: ${summaryOf(changes)}`, paint.dim(`to ${against}`), '']
  for (const [key, rows] of byFlag(changes)) {
    lines.push(paint.bold(key))
    for (const { action, summary } of rows) lines.push(`  ${paint.yellow(action.padEnd(8))} ${summary}`)
    const moved = impact.find(one => one.flag_key === key)
    if (moved !== undefined) lines.push(...impactLines(moved).map(line => `  ${line}`))
  }
  const others = impact.filter(one => !changes.some(change => change.flag_key === one.flag_key))
  for (const one of others) {
    lines.push(
      `${paint.bold(one.flag_key)} ${paint.dim('(through a segment)')}`,
      ...impactLines(one).map(line => `  ${line}`),
    )
  }
  if (transitions.length > 0) {
    lines.push('', paint.bold('Later, without a further release'))
    for (const { at, flag_key, summary, moved } of transitions)
      lines.push(`  ${at}  ${flag_key}: ${summary} (moves ${moved}%)`)
  }
  return lines.join('\n')
}

function impactLines({ audiences, readers }: Impact): string[] {
  const lines = audiences.slice(0, SHOWN_AUDIENCES).map(({ rules, moved, minimum, before, after }) => {
    const who = rules.length === 0 ? 'everyone else' : `those of ${rules.join(', ')}`
    return `moves ${moved}% of ${who} (minimum ${minimum}%): ${sharesText(before, after)}`
  })
  if (audiences.length > SHOWN_AUDIENCES)
    lines.push(`and ${count(audiences.length - SHOWN_AUDIENCES, 'more audience')}`)
  if (readers.length > 0) lines.push(`read by ${readersText(readers)}`)
  return lines
}

function readersText(readers: readonly string[]): string {
  const more = readers.length - SHOWN_READERS
  return `${readers.slice(0, SHOWN_READERS).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** For the description of a pull request. */
export function differenceMarkdown({ environment, against, changes, impact, transitions }: Difference): string {
  if (changes.length === 0) return `**${environment}**: no difference to ${against}`
  const lines = [
    `**${environment}**: ${summaryOf(changes)}, to ${against}`,
    '',
    '| flag | change | what | moved | minimum |',
    '|---|---|---|---|---|',
  ]
  for (const [key, rows] of byFlag(changes)) {
    const moved = impact.find(one => one.flag_key === key)
    for (const [i, { action, summary }] of rows.entries()) {
      const numbers = i === 0 && moved !== undefined ? `${moved.moved}% | ${moved.minimum}%` : ' | '
      lines.push(`| \`${key}\` | ${action} | ${cell(summary)} | ${numbers} |`)
    }
  }
  const readers = impact.filter(one => one.readers.length > 0)
  if (readers.length > 0) {
    lines.push('', ...readers.map(one => `- \`${one.flag_key}\` is read by ${readersText(one.readers)}`))
  }
  if (transitions.length > 0) {
    lines.push('', 'Later, without a further release:', '')
    for (const { at, flag_key, summary, moved } of transitions) {
      lines.push(`- ${at} \`${flag_key}\`: ${cell(summary)} (moves ${moved}%)`)
    }
  }
  return lines.join('\n')
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;')

function byFlag(changes: readonly Change[]): Map<string, Change[]> {
  const groups = new Map<string, Change[]>()
  for (const change of changes) {
    const known = groups.get(change.flag_key)
    if (known === undefined) groups.set(change.flag_key, [change])
    else known.push(change)
  }
  return groups
}

function summaryOf(changes: readonly Change[]): string {
  const actions = new Map<string, number>()
  for (const { action } of changes) actions.set(action, (actions.get(action) ?? 0) + 1)
  const flags = new Set(changes.map(change => change.flag_key)).size
  return `${count(changes.length, 'change')} to ${count(flags, 'flag or segment', 'flags and segments')} (${[...actions].map(([action, n]) => `${n} ${action}`).join(', ')})`
}
