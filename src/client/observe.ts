import type { Json } from '../base/json.ts'
import type { Context, Evaluation, ReleaseInfo } from '../rules/flags.ts'
import type { Reason } from '../rules/reasons.ts'
import { heed, ignore } from './quietly.ts'

/** One evaluation, as it is told to an observer. */
export interface Observation {
  readonly flag: string
  /** Undefined where the caller's fallback was served. */
  readonly value: Json | undefined
  readonly variant: string | undefined
  readonly reason: Reason
  readonly code: string | undefined
  readonly rule: string | undefined
  readonly experiment: string | undefined
  readonly release: ReleaseInfo | null
  /** The attribute that `observeUnit` names; without that option, never. */
  readonly unit: unknown
}

export type EngineObserver = (flag: string, evaluation: Evaluation, context: Context) => void

export interface ObserveOptions {
  readonly observe: ((observation: Observation) => void) | undefined
  readonly observeUnit: string | undefined
  readonly count: ((flag: string, variant: string | undefined) => void) | undefined
  readonly release: () => ReleaseInfo | null
}

/** One hook for the engine; undefined where nobody listens, so that it costs nothing. */
export function engineObserver(options: ObserveOptions): EngineObserver | undefined {
  const { observe, observeUnit, count, release } = options
  const tell: EngineObserver | undefined =
    observe &&
    ((flag, { value, variant, reason, code, rule, experiment }, context) => {
      const unit = observeUnit !== undefined && Object.hasOwn(context, observeUnit) ? context[observeUnit] : undefined
      heed(observe({ flag, value, variant, reason, code, rule, experiment, release: release(), unit }), ignore)
    })
  if (count === undefined) return tell
  if (tell === undefined) return (flag, { variant }) => count(flag, variant)
  return (flag, evaluation, context) => {
    count(flag, evaluation.variant)
    tell(flag, evaluation, context)
  }
}
