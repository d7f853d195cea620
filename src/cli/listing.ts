import type { Impact } from '../publisher/diff/types.ts'
import type { Option } from './command.ts'
import { count, grouped } from './print.ts'

/** Rows of one list that somebody reads on a screen. What is left out is always told, and how to see it. */
const SHOWN_ROWS = 50
const SHOWN_NAMES = 8

/** Of commands that list what a change does. */
export const ALL: Option = {
  flags: '--all',
  about: `print all of a long list, not only the ${SHOWN_ROWS} rows that matter most`,
}

export interface Row {
  readonly action: string
  readonly flag_key: string
}

/** What takes something away, or lets it run again, is seen first; then who moves most people; what nobody meets yet comes last. */
const DANGER: Readonly<Record<string, number>> = { delete: 1000, archive: 1000, resume: 1000, create: 1, describe: 0 }

export function dangerIn(impact: readonly Impact[]): (row: Row) => number {
  const moved = new Map(impact.map(one => [one.flag_key, Number(one.moved)]))
  // Whom a segment moves is told of the flags that read it.
  return ({ action, flag_key: key }) =>
    DANGER[action] ?? 100 + (key.startsWith('segments/') ? 100 : (moved.get(key) ?? 0))
}

interface Shortened<T> {
  readonly shown: readonly T[]
  /** One line that tells of the rest, where there is one. */
  readonly more: readonly string[]
}

/** A list that is too long, from the highest weight down; any other as it is. */
export function shortened<T>(rows: readonly T[], all: boolean, what: string, weight: (row: T) => number): Shortened<T> {
  const left = rows.length - SHOWN_ROWS
  if (all || left <= 0) return { shown: rows, more: [] }
  const weighed = rows.map(row => [weight(row), row] as const).sort(([a], [b]) => b - a)
  const more = [`and ${count(left, `more ${what}`)}: see them with --all or --json`]
  return { shown: weighed.slice(0, SHOWN_ROWS).map(([, row]) => row), more }
}

/** `12 changes to 7 flags and segments (5 rollout, 7 create)` */
export function countsOf(rows: readonly Row[]): string {
  const actions = new Map<string, number>()
  for (const { action } of rows) actions.set(action, (actions.get(action) ?? 0) + 1)
  const flags = new Set(rows.map(row => row.flag_key)).size
  const kinds = [...actions].map(([action, n]) => `${grouped(n)} ${action}`).join(', ')
  return `${count(rows.length, 'change')} to ${count(flags, 'flag or segment', 'flags and segments')} (${kinds})`
}

export function namesText(names: readonly string[]): string {
  const more = names.length - SHOWN_NAMES
  return `${names.slice(0, SHOWN_NAMES).join(', ')}${more > 0 ? ` and ${grouped(more)} more` : ''}`
}
