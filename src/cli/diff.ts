import type { Change, FutureTransition, Impact } from '../publisher/diff/types.ts'
import { sharesText } from '../publisher/impact/transitions.ts'
import { countsOf, dangerIn, namesText, shortened } from './listing.ts'
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

/** `all`: however much it is. */
export function differenceText(
  { environment, against, changes, impact, transitions }: Difference,
  paint: Paint,
  all: boolean,
): string {
  if (changes.length === 0) return `${environment}: no difference to ${against}`
  const lines = [`${paint.bold(environment)}: ${countsOf(changes)}`, paint.dim(`to ${against}`), '']
  const danger = dangerIn(impact)
  const moves = new Map(impact.map(one => [one.flag_key, one]))
  const groups = byFlag(changes)
  const flags = shortened([...groups], all, 'flag', ([, rows]) => Math.max(...rows.map(danger)))
  for (const [key, rows] of flags.shown) {
    lines.push(paint.bold(key))
    for (const { action, summary } of rows) lines.push(`  ${paint.yellow(action.padEnd(8))} ${summary}`)
    const moved = moves.get(key)
    if (moved !== undefined) lines.push(...impactLines(moved).map(line => `  ${line}`))
  }
  lines.push(...flags.more)
  const behind = impact.filter(one => !groups.has(one.flag_key))
  const others = shortened(behind, all, 'flag that moves through a segment', one => Number(one.moved))
  for (const one of others.shown) {
    lines.push(
      `${paint.bold(one.flag_key)} ${paint.dim('(through a segment)')}`,
      ...impactLines(one).map(line => `  ${line}`),
    )
  }
  lines.push(...others.more)
  if (transitions.length > 0) {
    lines.push('', paint.bold('Later, without a further release'))
    // In the order of time.
    const later = shortened(transitions, all, 'step', () => 0)
    for (const { at, flag_key, summary, moved } of later.shown)
      lines.push(`  ${at}  ${flag_key}: ${summary} (moves ${moved}%)`)
    lines.push(...later.more)
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
  if (readers.length > 0) lines.push(`read by ${namesText(readers)}`)
  return lines
}

/** For the description of a pull request. */
export function differenceMarkdown({ environment, against, changes, impact, transitions }: Difference): string {
  if (changes.length === 0) return `**${environment}**: no difference to ${against}`
  const lines = [
    `**${environment}**: ${countsOf(changes)}, to ${against}`,
    '',
    '| flag | change | what | moved | minimum |',
    '|---|---|---|---|---|',
  ]
  const moves = new Map(impact.map(one => [one.flag_key, one]))
  for (const [key, rows] of byFlag(changes)) {
    const moved = moves.get(key)
    for (const [i, { action, summary }] of rows.entries()) {
      const numbers = i === 0 && moved !== undefined ? `${moved.moved}% | ${moved.minimum}%` : ' | '
      lines.push(`| \`${key}\` | ${action} | ${cell(summary)} | ${numbers} |`)
    }
  }
  const readers = impact.filter(one => one.readers.length > 0)
  if (readers.length > 0) {
    lines.push('', ...readers.map(one => `- \`${one.flag_key}\` is read by ${namesText(one.readers)}`))
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
