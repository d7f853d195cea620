import type { Problem } from './check.ts'
import { createCompiler } from './compile.ts'
import type { Context, Evaluation, Flags, ReleaseInfo } from './flags.ts'
import { createFlags } from './live.ts'
import { type LoadedPart, problemsOf } from './load.ts'
import type { RegexEngine } from './regex.ts'
import type { Secret } from './sealed.ts'
import { emptyState, type State } from './state.ts'

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
  /** An engine in the same state that goes its own way from here. */
  fork(): Engine
  /** Compiles all flags, a hundred at a time; `pause` gives the thread away in between. */
  warm(pause?: () => Promise<void>): Promise<void>
  /** Looks at all flags and segments. Those that nobody used yet are parsed for it. */
  problems(): readonly Problem[]
  /** The same, part by part; `pause` gives the thread away in between. */
  findProblems(pause: () => Promise<void>): Promise<readonly Problem[]>
}

export function createEngine(options: EngineOptions): Engine {
  return engineOver(emptyState(), options)
}

const WARM_AT_ONCE = 100

function engineOver(state: State, options: EngineOptions): Engine {
  const compiler = createCompiler(options)
  const known = new WeakMap<LoadedPart, readonly Problem[]>()
  const problemsIn = (part: LoadedPart): readonly Problem[] => {
    const problems = known.get(part) ?? problemsOf(part)
    known.set(part, problems)
    return problems
  }
  return {
    flags: createFlags(state, compiler, options),
    apply: set => state.apply(set),
    fork: () => engineOver(state.copy(), options),
    async warm(pause = () => Promise.resolve()) {
      let count = 0
      for (const key of [...state.flags.keys()]) {
        // What was replaced meanwhile is compiled as it is now.
        const cell = state.flag(key)
        if (cell !== undefined) compiler.run(cell, state)
        if (++count % WARM_AT_ONCE === 0) await pause()
      }
    },
    problems: () => state.parts().flatMap(problemsIn),
    async findProblems(pause) {
      for (const part of state.parts()) {
        if (known.has(part)) continue
        problemsIn(part)
        await pause()
      }
      return state.parts().flatMap(problemsIn)
    },
  }
}
