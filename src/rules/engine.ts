import type { Decide } from './answer.ts'
import { changingState } from './changing.ts'
import { createCompiler } from './compile.ts'
import type { Context, Evaluation, Flags, ReleaseInfo } from './flags.ts'
import { createFlags, type Watch } from './live.ts'
import type { LoadedPart } from './load.ts'
import { contextOf } from './moment.ts'
import { type Problem, problemsOf } from './problems.ts'
import type { RegexEngine } from './regex.ts'
import type { Secret } from './sealed.ts'

export interface StopInForce {
  readonly flag: string
  /** Of the stop statement. */
  readonly version: number
}

export interface RuleSet {
  /** By position; the same object as before means unchanged. */
  readonly parts: readonly LoadedPart[]
  readonly stops: readonly StopInForce[]
  /** Milliseconds. Time conditions see the clock clamped to it. */
  readonly window: { readonly from: number; readonly until: number } | null
  readonly info: ReleaseInfo | null
}

export interface EngineOptions {
  /** Milliseconds since 1970; asked once per call, and only for flags with time conditions. */
  readonly now: () => number
  readonly secrets?: Readonly<Record<string, Secret>> | undefined
  /** Read when a flag is compiled, so a getter may give it late: before the first `apply` that needs it. */
  readonly regex?: RegexEngine | undefined
  /** Called after `isEnabled`, `value`, `variant` and `evaluate` with the frozen, shared answer; what it throws is dropped. */
  readonly observe?: ((flag: string, evaluation: Evaluation, context: Context) => void) | undefined
  /** What `explain` shows as the release, made from what was given to `apply`; for a status that changes meanwhile. */
  readonly info?: ((applied: ReleaseInfo | null) => ReleaseInfo | null) | undefined
}

export interface Engine {
  readonly flags: Flags
  /** Takes a rule set over in one turn. Gives the keys whose rules, or whose stops, or what they read, changed. */
  apply(set: RuleSet): readonly string[]
  /** Compiles all flags, a hundred at a time; `pause` gives the thread away in between. */
  warm(pause?: () => Promise<void>): Promise<void>
  /** Looks at all flags and segments. Those that nobody used yet are parsed for it. */
  problems(): readonly Problem[]
  /** The same, part by part; `pause` gives the thread away in between. */
  findProblems(pause: () => Promise<void>): Promise<readonly Problem[]>
}

const WARM_AT_ONCE = 100

export function createEngine(options: EngineOptions): Engine {
  const state = changingState()
  const compiler = createCompiler(options)
  const known = new WeakMap<LoadedPart, readonly Problem[]>()
  let parts: readonly LoadedPart[] = []
  const problemsIn = (part: LoadedPart): readonly Problem[] => {
    const problems = known.get(part) ?? problemsOf(part)
    known.set(part, problems)
    return problems
  }
  return {
    flags: createFlags(state, compiler, options, watchOf(options)),
    apply(set) {
      parts = [...set.parts]
      return state.apply(set)
    },
    async warm(pause = () => Promise.resolve()) {
      let count = 0
      for (const key of [...state.now().flags().keys()]) {
        // What was replaced meanwhile is compiled as it is now.
        const cell = state.now().flag(key)
        if (cell !== undefined) compiler.run(cell, state.now())
        if (++count % WARM_AT_ONCE === 0) await pause()
      }
    },
    problems: () => parts.flatMap(problemsIn),
    async findProblems(pause) {
      for (const part of parts) {
        if (known.has(part)) continue
        problemsIn(part)
        await pause()
      }
      return parts.flatMap(problemsIn)
    },
  }
}

/** Tells the observer after the answer is made; whoever watches cannot make it fail. Costs nothing where nobody does. */
function watchOf({ observe }: EngineOptions): Watch | undefined {
  if (observe === undefined) return undefined
  return (decide: Decide) => (key, context) => {
    const verdict = decide(key, context)
    try {
      observe(key, verdict.evaluation, contextOf(context))
    } catch {
      // Its failure is not the caller's.
    }
    return verdict
  }
}
