import { type Decide, explainIn, observed, valueIn } from './answer.ts'
import type { FlagCell, Verdict } from './cell.ts'
import type { Compiler } from './compile.ts'
import type { EngineOptions } from './engine.ts'
import type { Context, EvaluateAllOptions, Flags, View } from './flags.ts'
import { CONTEXT_FAULT, contextOf, momentOf, NOT_FOUND, NOT_READY, releaseIn, secondsIn } from './moment.ts'
import type { State } from './state.ts'
import { transitionsOf } from './transitions.ts'

/**
 * Everything an application calls. A context may be a proxy or have getters that throw, so every look at it stands
 * in a `try`.
 */
export function createFlags(state: State, compiler: Compiler, options: EngineOptions): Flags {
  const { used } = state
  const missing = (): Verdict => (state.snapshot().ready ? NOT_FOUND : NOT_READY)
  const judge = (cell: FlagCell, context: Context | undefined): Verdict => {
    try {
      const run = cell.run ?? compiler.run(cell, state)
      // Before the context is looked at, the first time as ever after.
      if (cell.constant !== undefined) return cell.constant
      return run(contextOf(context), cell.timed ? secondsIn(state.snapshot(), options) : 0)
    } catch {
      return CONTEXT_FAULT
    }
  }
  const silent: Decide = (key, context) => {
    const cell = used.get(key) ?? state.use(key)
    return cell === undefined ? missing() : judge(cell, context)
  }
  const decide = observed(silent, options)

  /** The shortest way there is, where nobody watches. */
  const isEnabled = (key: string, context?: Context, fallback = false): boolean => {
    const cell = used.get(key) ?? state.use(key)
    if (cell === undefined) return fallback
    return cell.enabled ?? judge(cell, context).enabled ?? fallback
  }

  return {
    isEnabled:
      options.observe === undefined
        ? isEnabled
        : (key: string, context?: Context, fallback = false) => decide(key, context).enabled ?? fallback,
    value: (key: string, context?: Context, fallback?: unknown) => valueIn(decide(key, context), fallback) as never,
    variant: (key: string, context?: Context) => decide(key, context).evaluation.variant,
    evaluate: (key: string, context?: Context) => decide(key, context).evaluation,
    explain: (key: string, context?: Context, fallback?: unknown) =>
      explainIn(key, silent(key, context), context, fallback, releaseIn(state.snapshot(), options)) as never,
    evaluateAll: (context?: Context, all?: EvaluateAllOptions) =>
      momentOf(state, compiler, options).evaluateAll(context, all),
    for: (context?: Context) => viewOf(state, compiler, options, context),
    transitions: () => transitionsOf(state, options.now()),
  }
}

function viewOf(state: State, compiler: Compiler, options: EngineOptions, context: Context | undefined): View {
  const moment = momentOf(state, compiler, options)
  const decide = observed(moment.decide, options)
  return {
    isEnabled: (key: string, fallback = false) => decide(key, context).enabled ?? fallback,
    value: (key: string, fallback?: unknown) => valueIn(decide(key, context), fallback) as never,
    variant: (key: string) => decide(key, context).evaluation.variant,
    evaluate: (key: string) => decide(key, context).evaluation,
    explain: (key: string, fallback?: unknown) =>
      explainIn(key, moment.decide(key, context), context, fallback, moment.release()) as never,
    evaluateAll: (all?: EvaluateAllOptions) => moment.evaluateAll(context, all),
    get release() {
      return moment.release()
    },
  }
}
