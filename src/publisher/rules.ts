import type { Flag, Segment } from '../rules/types.ts'

/** The plain rules of one environment, before they are spread over parts. Keys in order of UTF-16 code units. */
export interface PlainRules {
  readonly flags: Readonly<Record<string, Flag>>
  readonly segments: Readonly<Record<string, Segment>>
}

export const NO_RULES: PlainRules = { flags: {}, segments: {} }

/** Keys such as `constructor` are ordinary names, so nothing is asked of a prototype. */
export function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined
}
