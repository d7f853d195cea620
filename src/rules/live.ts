import { type Decide, explainIn, valueIn } from './answer.ts'
import type { FlagCell, Verdict } from './cell.ts'
import { type Compiler, createCompiler } from './compile.ts'
import type { EngineOptions, RuleSet } from './engine.ts'
import type { Context, EvaluateAllOptions, Flags, View } from './flags.ts'
import { CONTEXT_FAULT, contextOf, NOT_FOUND, NOT_READY, pin, releaseIn, secondsIn } from './moment.ts'
import { fixedState, type State } from './state.ts'
import { transitionsOf } from './transitions.ts'

/** Puts something between a question and its answer. */
export type Watch = (decide: Decide) => Decide

/** The flags of a rule set that no other one follows. */
export function flagsOf(set: RuleSet, options: EngineOptions): Flags {
  return createFlags(fixedState(set), createCompiler(options), options)
}

/**
 * Everything an application calls. A context may be a proxy or have getters that throw, so every look at it stands
 * in a `try`.
 */
export function createFlags(state: State, compiler: Compiler, options: EngineOptions, watch?: Watch): Flags {
  const { used, now } = state
  const find = (key: string): FlagCell | undefined => {
    const cell = now().flag(key)
    if (cell !== undefined) used.set(key, cell)
    return cell
  }
  const judge = (cell: FlagCell, context: Context | undefined): Verdict => {
    try {
      const run = cell.run ?? compiler.run(cell, now())
      // Before the context is looked at, the first time as ever after.
      if (cell.constant !== undefined) return cell.constant
      return run(contextOf(context), cell.timed ? secondsIn(now(), options) : 0)
    } catch {
      return CONTEXT_FAULT
    }
  }
  const silent: Decide = (key, context) => {
    const cell = used.get(key) ?? find(key)
    return cell === undefined ? (now().ready ? NOT_FOUND : NOT_READY) : judge(cell, context)
  }
  const decide = watch === undefined ? silent : watch(silent)

  /** The shortest way there is, where nobody watches. */
  const isEnabled = (key: string, context?: Context, fallback = false): boolean => {
    const cell = used.get(key) ?? find(key)
    if (cell === undefined) return fallback
    return cell.enabled ?? judge(cell, context).enabled ?? fallback
  }

  return {
    isEnabled:
      watch === undefined
        ? isEnabled
        : (key: string, context?: Context, fallback = false) => decide(key, context).enabled ?? fallback,
    value: (key: string, context?: Context, fallback?: unknown) => valueIn(decide(key, context), fallback) as never,
    variant: (key: string, context?: Context) => decide(key, context).evaluation.variant,
    evaluate: (key: string, context?: Context) => decide(key, context).evaluation,
    explain: (key: string, context?: Context, fallback?: unknown) =>
      explainIn(key, silent(key, context), context, fallback, releaseIn(now(), options)) as never,
    evaluateAll: (context?: Context, all?: EvaluateAllOptions) =>
      pin(now(), compiler, options).evaluateAll(context, all),
    for: (context?: Context) => viewOf(state, compiler, options, watch, context),
    transitions: () => transitionsOf(now(), options.now()),
  }
}

function viewOf(
  { now }: State,
  compiler: Compiler,
  options: EngineOptions,
  watch: Watch | undefined,
  context: Context | undefined,
): View {
  const pinned = pin(now(), compiler, options)
  const decide = watch === undefined ? pinned.decide : watch(pinned.decide)
  return {
    isEnabled: (key: string, fallback = false) => decide(key, context).enabled ?? fallback,
    value: (key: string, fallback?: unknown) => valueIn(decide(key, context), fallback) as never,
    variant: (key: string) => decide(key, context).evaluation.variant,
    evaluate: (key: string) => decide(key, context).evaluation,
    explain: (key: string, fallback?: unknown) =>
      explainIn(key, pinned.decide(key, context), context, fallback, pinned.release()) as never,
    evaluateAll: (all?: EvaluateAllOptions) => pinned.evaluateAll(context, all),
    get release() {
      return pinned.release()
    },
  }
}
