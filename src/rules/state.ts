import { type Cells, type FlagCell, flagCell, type SegmentCell, segmentCell } from './cell.ts'
import type { RuleSet } from './engine.ts'
import type { ReleaseInfo } from './flags.ts'

/** What is in force at one time, or was. It stays as it is, whatever is applied later. */
export interface Moment extends Cells {
  /** Whether there was a rule set yet. */
  readonly ready: boolean
  readonly window: RuleSet['window']
  readonly info: ReleaseInfo | null
  /** Undefined: was not there. */
  flags(): ReadonlyMap<string, FlagCell | undefined>
}

/** What is in force now. */
export interface State {
  now(): Moment
  /** Those that were asked for, by the very strings that ask: found again without comparing a letter. */
  readonly used: Map<string, FlagCell>
}

/** Of a rule set that no other one follows. */
export function fixedState({ parts, stops, window, info }: RuleSet): State {
  const flags = new Map<string, FlagCell>()
  const segments = new Map<string, SegmentCell>()
  for (const { flag } of stops) flags.set(flag, flagCell(flag, undefined, true))
  for (const part of parts) {
    for (const [key, loaded] of part.flags) flags.set(key, flagCell(key, loaded, flags.get(key)?.stopped === true))
    for (const [key, loaded] of part.segments) segments.set(key, segmentCell(key, loaded))
  }
  const moment: Moment = {
    ready: true,
    window,
    info,
    flag: key => flags.get(key),
    segment: key => segments.get(key),
    flags: () => flags,
  }
  return { now: () => moment, used: new Map() }
}
