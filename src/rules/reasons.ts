export type Reason =
  | 'STATIC'
  | 'TARGETING_MATCH'
  | 'SPLIT'
  | 'DEFAULT'
  | 'DISABLED'
  | 'STOPPED'
  | 'PREREQUISITE'
  | 'ERROR'

/** Outcomes that name an error of a flag or segment; they spread to whatever reads it. */
export type FaultCode =
  | 'malformed'
  | 'newer_rules'
  | 'same_salt'
  | 'same_seed'
  | 'segment_missing'
  | 'secret_missing'
  | 'regex_missing'
  | 'cycle'
  | 'too_many_reads'

/** Outcomes without a variant. `context`: the context threw while it was read (a getter, a proxy). */
export type ErrorName = FaultCode | 'not_ready' | 'flag_not_found' | 'type_mismatch' | 'context'

type End = readonly [reason: Reason, code?: string]

/**
 * Every way in which an evaluation can end without an error. The code tells apart what the reason alone does not.
 * What these are called elsewhere stands in outcomes.ts, which the verifying entries do not load.
 */
export const ENDS = {
  /** `otherwise` of a flag that has neither rules nor requirements. */
  static: ['STATIC'],
  /** A rule's condition is true and it serves a variant. */
  match: ['TARGETING_MATCH'],
  /** A rule's condition is true and its outcome is the caller's fallback. */
  match_fallback: ['TARGETING_MATCH', 'fallback'],
  /** An arm holds the bucket. */
  split: ['SPLIT'],
  /** No arm holds the bucket, and `rest` is a variant. */
  split_rest: ['SPLIT', 'rest'],
  /** No arm holds the bucket, and `rest` is the caller's fallback. */
  split_fallback: ['SPLIT', 'fallback'],
  /** `otherwise` after rules or requirements. */
  default: ['DEFAULT'],
  /** `otherwise` is the caller's fallback. */
  default_fallback: ['DEFAULT', 'fallback'],
  /** `otherwise` is a split, no arm holds the bucket and `rest` is "next": off variant. */
  no_arm: ['DEFAULT', 'no_arm'],
  /** `otherwise` is a split and the unit is missing: off variant. */
  unit_missing: ['DEFAULT', 'unit_missing'],
  disabled: ['DISABLED'],
  stopped: ['STOPPED'],
  prerequisite: ['PREREQUISITE'],
} as const satisfies Readonly<Record<string, End>>

export type OutcomeName = keyof typeof ENDS | ErrorName

/** Reason and code: an error is named by its code. */
export function endOf(name: OutcomeName): End {
  return Object.hasOwn(ENDS, name) ? ENDS[name as keyof typeof ENDS] : ['ERROR', name]
}
