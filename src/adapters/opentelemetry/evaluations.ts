import type { Logger } from '@opentelemetry/api-logs'
import type { Observation } from '../../client/observe.ts'
import { outcomeRow } from '../../rules/outcomes.ts'

export interface EvaluationEventOptions {
  /** Names the flag set, as `project/environment`. */
  readonly project: string
  readonly environment: string
  /** Values are told for flags with short values only; false: never. Default true. */
  readonly values?: boolean
  /** Tells the unit as `feature_flag.context.id`. Off by default: it is personal data that would leave the process. */
  readonly contextId?: boolean
}

const EVENT = 'feature_flag.evaluation'
const PROVIDER = 'ensign'
const MAX_VALUE_LENGTH = 256

/**
 * For `observe` of a client: emits each evaluation as a `feature_flag.evaluation` event of the OpenTelemetry semantic
 * conventions.
 */
export function evaluationEvents(logger: Logger, options: EvaluationEventOptions): (observation: Observation) => void {
  const { project, environment, values = true, contextId = false } = options
  const set = `${project}/${environment}`
  return ({ flag, value, variant, reason, code, release, unit }) => {
    const row = outcomeRow(reason, code)
    const attributes: Record<string, string | number | boolean> = {
      'feature_flag.key': flag,
      'feature_flag.provider.name': PROVIDER,
      'feature_flag.set.id': set,
      'feature_flag.result.reason': (row?.openFeature ?? 'UNKNOWN').toLowerCase(),
    }
    if (variant !== undefined) attributes['feature_flag.result.variant'] = variant
    const told = values ? tellable(value) : undefined
    if (told !== undefined) attributes['feature_flag.result.value'] = told
    if (release !== null) attributes['feature_flag.version'] = String(release.version)
    if (reason === 'ERROR') {
      attributes['error.type'] = (row?.openFeatureCode ?? 'GENERAL').toLowerCase()
      if (code !== undefined) attributes['feature_flag.error.message'] = code
    }
    if (contextId && (typeof unit === 'string' || typeof unit === 'number')) {
      attributes['feature_flag.context.id'] = String(unit)
    }
    logger.emit({ eventName: EVENT, attributes })
  }
}

function tellable(value: unknown): string | number | boolean | undefined {
  if (typeof value === 'boolean' || typeof value === 'number') return value
  return typeof value === 'string' && value.length <= MAX_VALUE_LENGTH ? value : undefined
}
