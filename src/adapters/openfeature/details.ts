import { ErrorCode, type FlagMetadata, type ResolutionDetails } from '@openfeature/server-sdk'
import { isObject } from '../../base/json.ts'
import type { Evaluation } from '../../rules/flags.ts'
import { outcomeRow } from '../../rules/outcomes.ts'

/** What an answer stands on, for flag metadata. */
export interface Basis {
  readonly project: string
  readonly environment: string
  readonly release: { readonly version: number; readonly digest: string } | undefined
  /** The log entry that puts the release in force. */
  readonly logIndex: number | undefined
  readonly stale: boolean
}

/** A value of another type than was asked for is not an answer. */
export function detailsOf<T>(
  key: string,
  evaluation: Evaluation,
  wanted: T,
  fits: (value: unknown) => boolean,
  basis: Basis,
): ResolutionDetails<T> {
  const row = outcomeRow(evaluation.reason, evaluation.code)
  const flagMetadata = metadataOf(evaluation, basis)
  if (evaluation.reason === 'ERROR') {
    const errorCode = ErrorCode[row?.openFeatureCode ?? 'GENERAL']
    return { value: wanted, reason: 'ERROR', errorCode, errorMessage: messageOf(key, evaluation), flagMetadata }
  }
  const reason = row?.openFeature ?? 'UNKNOWN'
  // The rules say that the caller's default is served: a decision, and no error.
  if (evaluation.variant === undefined) return { value: wanted, reason, flagMetadata }
  if (!fits(evaluation.value)) {
    const errorMessage = `flag ${key} has another type than was asked for`
    return { value: wanted, reason: 'ERROR', errorCode: ErrorCode.TYPE_MISMATCH, errorMessage, flagMetadata }
  }
  return { value: evaluation.value as T, variant: evaluation.variant, reason, flagMetadata }
}

function messageOf(key: string, { code, via }: Evaluation): string {
  if (code === 'flag_not_found') return `flag ${key} not found`
  return via === undefined ? `${code}` : `${code} (via ${via})`
}

function metadataOf({ reason, code, rule, experiment, via, meta }: Evaluation, basis: Basis): FlagMetadata {
  const metadata: FlagMetadata = {}
  if (isObject(meta)) {
    for (const [name, value] of Object.entries(meta)) {
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') metadata[name] = value
    }
  }
  metadata.flagSetId = `${basis.project}/${basis.environment}`
  metadata.reason = reason
  if (basis.release !== undefined) {
    metadata.version = String(basis.release.version)
    metadata.release = basis.release.version
    metadata.digest = basis.release.digest
  }
  if (basis.logIndex !== undefined) metadata.logIndex = basis.logIndex
  if (basis.stale) metadata.stale = true
  if (code !== undefined) metadata.code = code
  if (rule !== undefined) metadata.rule = rule
  if (experiment !== undefined) metadata.experiment = experiment
  if (via !== undefined) metadata.via = via
  return metadata
}
