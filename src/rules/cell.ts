import type { Evaluation } from './flags.ts'
import type { Test } from './kleene.ts'
import type { Loaded } from './loaded.ts'
import type { FaultCode } from './reasons.ts'
import type { Flag, FlagType, Segment, Split } from './types.ts'

/** How an evaluation ends. All ends of a flag are made when it is compiled, so that a call only picks one. */
export interface Verdict {
  readonly evaluation: Evaluation
  /** `evaluation.enabled` again, where the hot path finds it first. */
  readonly enabled: boolean | undefined
  /** The served variant, for flags that read this one; -1 where there is nothing to compare. */
  readonly readable: number
  /** Of the served value; undefined where the caller's fallback is served. */
  readonly type: FlagType | undefined
  /** The split that decided, so that `explain` can name the bucket. */
  readonly split: Split | undefined
}

export type Run = (context: object, now: number) => Verdict

export interface Fault {
  readonly code: FaultCode
  readonly via: string | undefined
  /** Not taken over from something that is read. */
  readonly own: boolean
}

/**
 * A flag at one moment of the rule set. A change of the flag or of anything that it reads makes a new cell, so that
 * what was compiled never has to look whether it still holds.
 */
export interface FlagCell {
  readonly key: string
  /** Undefined for a key that is stopped and unknown. */
  readonly loaded: Loaded<Flag> | undefined
  /** Whether a stop in force names this flag. */
  readonly stopped: boolean
  /** Whether it is known that no stop reaches it: nobody walks through it again. */
  free: boolean
  /** Undefined until first used. */
  run: Run | undefined
  /** The verdict of a flag that does not look at the context, so that it need not be run. */
  constant: Verdict | undefined
  /** `constant.enabled` again, where the shortest path finds it first. */
  enabled: boolean | undefined
  /** Whether a time condition is read, so that a call has to ask for the time. */
  timed: boolean
  /** Undefined until first used; null: none. */
  fault: Fault | null | undefined
  /** Whether it can reach itself over what it reads; undefined until first used. */
  cyclic: boolean | undefined
}

export interface SegmentCell {
  readonly key: string
  readonly loaded: Loaded<Segment>
  /** Stops name flags. */
  readonly stopped: false
  free: boolean
  test: Test | undefined
  timed: boolean
  fault: Fault | null | undefined
  cyclic: boolean | undefined
}

/** The cells of one moment: those in force, or those of a view. */
export interface Cells {
  flag(key: string): FlagCell | undefined
  segment(key: string): SegmentCell | undefined
}

export function flagCell(key: string, loaded: Loaded<Flag> | undefined, stopped: boolean): FlagCell {
  return {
    key,
    loaded,
    stopped,
    free: false,
    run: undefined,
    constant: undefined,
    enabled: undefined,
    timed: false,
    fault: undefined,
    cyclic: undefined,
  }
}

export function segmentCell(key: string, loaded: Loaded<Segment>): SegmentCell {
  return {
    key,
    loaded,
    stopped: false,
    free: false,
    test: undefined,
    timed: false,
    fault: undefined,
    cyclic: undefined,
  }
}
