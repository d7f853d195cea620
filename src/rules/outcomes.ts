import { ENDS, type ErrorName, endOf, type OutcomeName, type Reason } from './reasons.ts'

/** A way in which an evaluation can end, with what it is called in answers and in OpenFeature. */
export interface OutcomeRow {
  readonly reason: Reason
  readonly code: string | undefined
  /** The reason that OpenFeature's vocabulary has for it. */
  readonly openFeature: Exclude<Reason, 'STOPPED' | 'PREREQUISITE'>
  readonly openFeatureCode: OpenFeatureCode | undefined
}

type OpenFeatureCode = 'FLAG_NOT_FOUND' | 'TYPE_MISMATCH' | 'PROVIDER_NOT_READY' | 'PARSE_ERROR' | 'GENERAL'

const CODES: Readonly<Record<ErrorName, OpenFeatureCode>> = {
  not_ready: 'PROVIDER_NOT_READY',
  flag_not_found: 'FLAG_NOT_FOUND',
  type_mismatch: 'TYPE_MISMATCH',
  malformed: 'PARSE_ERROR',
  newer_rules: 'PARSE_ERROR',
  same_salt: 'PARSE_ERROR',
  same_seed: 'PARSE_ERROR',
  segment_missing: 'GENERAL',
  secret_missing: 'GENERAL',
  regex_missing: 'GENERAL',
  cycle: 'PARSE_ERROR',
  too_many_reads: 'PARSE_ERROR',
  context: 'GENERAL',
}

function rowOf(name: OutcomeName): OutcomeRow {
  const [reason, code] = endOf(name)
  const openFeature = reason === 'STOPPED' ? 'DISABLED' : reason === 'PREREQUISITE' ? 'DEFAULT' : reason
  const openFeatureCode = Object.hasOwn(CODES, name) ? CODES[name as ErrorName] : undefined
  return Object.freeze({ reason, code, openFeature, openFeatureCode })
}

/** One table: outcome -> reason, code, OpenFeature's reason and error code. */
export const OUTCOMES = Object.freeze(
  Object.fromEntries([...Object.keys(ENDS), ...Object.keys(CODES)].map(name => [name, rowOf(name as OutcomeName)])),
) as Readonly<Record<OutcomeName, OutcomeRow>>

const BY_ANSWER: ReadonlyMap<string, OutcomeRow> = new Map(
  Object.values(OUTCOMES).map(row => [`${row.reason} ${row.code}`, row]),
)

/** The row of an answer, for whoever speaks another vocabulary. */
export function outcomeRow(reason: Reason, code: string | undefined): OutcomeRow | undefined {
  return BY_ANSWER.get(`${reason} ${code}`)
}
