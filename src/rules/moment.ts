import type { FlagCell, Verdict } from './cell.ts'
import type { Compiler } from './compile.ts'
import type { EngineOptions } from './engine.ts'
import type { Context, EvaluateAllOptions, Evaluation, ReleaseInfo } from './flags.ts'
import type { Moment } from './state.ts'
import { fallback } from './verdict.ts'

const NO_CONTEXT: Context = Object.freeze(Object.create(null))

/** What is no object of names and values has no attributes, whatever its type says. Throws for a revoked proxy. */
export function contextOf(context: Context | undefined): Context {
  return typeof context === 'object' && context !== null && !Array.isArray(context) ? context : NO_CONTEXT
}

export const NOT_READY = fallback('not_ready')
export const NOT_FOUND = fallback('flag_not_found')
export const CONTEXT_FAULT = fallback('context')

/** One moment and one time, however long it is held. */
export interface Pinned {
  decide(key: string, context: Context | undefined): Verdict
  evaluateAll(context: Context | undefined, options: EvaluateAllOptions | undefined): Record<string, Evaluation>
  release(): ReleaseInfo | null
}

/** What time conditions see, in whole seconds: the clock inside the window of what was applied. */
export function secondsIn({ window }: Moment, { now }: EngineOptions): number {
  const ms = now()
  return Math.floor((window === null ? ms : Math.min(Math.max(ms, window.from), window.until)) / 1000)
}

export function releaseIn({ info }: Moment, options: EngineOptions): ReleaseInfo | null {
  return typeof options.info === 'function' ? options.info(info) : info
}

export function pin(moment: Moment, compiler: Compiler, options: EngineOptions): Pinned {
  let seconds: number | undefined

  const judge = (cell: FlagCell, context: Context | undefined): Verdict => {
    try {
      const run = cell.run ?? compiler.run(cell, moment)
      // Before the context is looked at, the first time as ever after.
      if (cell.constant !== undefined) return cell.constant
      if (cell.timed) seconds ??= secondsIn(moment, options)
      return run(contextOf(context), seconds ?? 0)
    } catch {
      return CONTEXT_FAULT
    }
  }
  const decide = (key: string, context: Context | undefined): Verdict => {
    if (!moment.ready) return NOT_READY
    const cell = moment.flag(key)
    return cell === undefined ? NOT_FOUND : judge(cell, context)
  }

  return {
    decide,
    evaluateAll(context, all) {
      // A flag named __proto__ is a member like any other in an object without a prototype.
      const answers: Record<string, Evaluation> = Object.create(null)
      if (all?.keys !== undefined) {
        for (const key of all.keys) answers[key] = decide(key, context).evaluation
      } else if (moment.ready) {
        moment.flags().forEach((cell, key) => {
          if (cell?.loaded !== undefined) answers[key] = judge(cell, context).evaluation
        })
      }
      return answers
    },
    release: () => releaseIn(moment, options),
  }
}
