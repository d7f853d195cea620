export type Reason =
  | 'STATIC'
  | 'TARGETING_MATCH'
  | 'SPLIT'
  | 'DEFAULT'
  | 'DISABLED'
  | 'STOPPED'
  | 'PREREQUISITE'
  | 'ERROR'

/** Every way in which an evaluation can end, with what it is called in answers and in OpenFeature. */
export interface OutcomeRow {
  readonly reason: Reason
  readonly code?: string
  /** The reason that OpenFeature's vocabulary has for it. */
  readonly openFeature: 'STATIC' | 'TARGETING_MATCH' | 'SPLIT' | 'DEFAULT' | 'DISABLED' | 'ERROR'
  readonly openFeatureCode?: 'FLAG_NOT_FOUND' | 'TYPE_MISMATCH' | 'PROVIDER_NOT_READY' | 'PARSE_ERROR' | 'GENERAL'
}

/**
 * One table: outcome -> reason, code, OpenFeature's reason and error code. A row named by a code says ERROR;
 * in the others the code tells apart what the reason alone does not.
 */
export const OUTCOMES = {
  /** `otherwise` of a flag that has neither rules nor requirements. */
  static: { reason: 'STATIC', openFeature: 'STATIC' },
  /** A rule's condition is true and it serves a variant. */
  match: { reason: 'TARGETING_MATCH', openFeature: 'TARGETING_MATCH' },
  /** A rule's condition is true and its outcome is the caller's fallback. */
  match_fallback: { reason: 'TARGETING_MATCH', code: 'fallback', openFeature: 'TARGETING_MATCH' },
  /** An arm holds the bucket. */
  split: { reason: 'SPLIT', openFeature: 'SPLIT' },
  /** No arm holds the bucket, and `rest` is a variant. */
  split_rest: { reason: 'SPLIT', code: 'rest', openFeature: 'SPLIT' },
  /** No arm holds the bucket, and `rest` is the caller's fallback. */
  split_fallback: { reason: 'SPLIT', code: 'fallback', openFeature: 'SPLIT' },
  /** `otherwise` after rules or requirements. */
  default: { reason: 'DEFAULT', openFeature: 'DEFAULT' },
  /** `otherwise` is the caller's fallback. */
  default_fallback: { reason: 'DEFAULT', code: 'fallback', openFeature: 'DEFAULT' },
  /** `otherwise` is a split, no arm holds the bucket and `rest` is "next": off variant. */
  no_arm: { reason: 'DEFAULT', code: 'no_arm', openFeature: 'DEFAULT' },
  /** `otherwise` is a split and the unit is missing: off variant. */
  unit_missing: { reason: 'DEFAULT', code: 'unit_missing', openFeature: 'DEFAULT' },
  disabled: { reason: 'DISABLED', openFeature: 'DISABLED' },
  stopped: { reason: 'STOPPED', openFeature: 'DISABLED' },
  prerequisite: { reason: 'PREREQUISITE', openFeature: 'DEFAULT' },
  not_ready: { reason: 'ERROR', code: 'not_ready', openFeature: 'ERROR', openFeatureCode: 'PROVIDER_NOT_READY' },
  flag_not_found: { reason: 'ERROR', code: 'flag_not_found', openFeature: 'ERROR', openFeatureCode: 'FLAG_NOT_FOUND' },
  type_mismatch: { reason: 'ERROR', code: 'type_mismatch', openFeature: 'ERROR', openFeatureCode: 'TYPE_MISMATCH' },
  malformed: { reason: 'ERROR', code: 'malformed', openFeature: 'ERROR', openFeatureCode: 'PARSE_ERROR' },
  newer_rules: { reason: 'ERROR', code: 'newer_rules', openFeature: 'ERROR', openFeatureCode: 'PARSE_ERROR' },
  same_salt: { reason: 'ERROR', code: 'same_salt', openFeature: 'ERROR', openFeatureCode: 'PARSE_ERROR' },
  same_seed: { reason: 'ERROR', code: 'same_seed', openFeature: 'ERROR', openFeatureCode: 'PARSE_ERROR' },
  segment_missing: { reason: 'ERROR', code: 'segment_missing', openFeature: 'ERROR', openFeatureCode: 'GENERAL' },
  secret_missing: { reason: 'ERROR', code: 'secret_missing', openFeature: 'ERROR', openFeatureCode: 'GENERAL' },
  regex_missing: { reason: 'ERROR', code: 'regex_missing', openFeature: 'ERROR', openFeatureCode: 'GENERAL' },
  cycle: { reason: 'ERROR', code: 'cycle', openFeature: 'ERROR', openFeatureCode: 'PARSE_ERROR' },
  too_many_reads: { reason: 'ERROR', code: 'too_many_reads', openFeature: 'ERROR', openFeatureCode: 'PARSE_ERROR' },
  /** The context threw while it was read (a getter, a proxy). */
  context: { reason: 'ERROR', code: 'context', openFeature: 'ERROR', openFeatureCode: 'GENERAL' },
} as const satisfies Readonly<Record<string, OutcomeRow>>

const BY_ANSWER: ReadonlyMap<string, OutcomeRow> = new Map(
  Object.values<OutcomeRow>(OUTCOMES).map(row => [`${row.reason} ${row.code}`, row]),
)

/** The row of an answer, for whoever speaks another vocabulary. */
export function outcomeRow(reason: Reason, code: string | undefined): OutcomeRow | undefined {
  return BY_ANSWER.get(`${reason} ${code}`)
}

export type OutcomeName = keyof typeof OUTCOMES

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
