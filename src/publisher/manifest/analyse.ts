import { parseTime } from '../../base/time.ts'
import { diffRules } from '../diff/diff.ts'
import type { Change, FutureTransition, Impact } from '../diff/types.ts'
import { impactOf } from '../impact/impact.ts'
import { futureTransitions } from '../impact/transitions.ts'
import type { PlainRules } from '../rules.ts'

/** What follows from the rules before and after, at the time of the release's making. */
export interface Analysis {
  readonly changes: readonly Change[]
  readonly impact: readonly Impact[]
  readonly transitions: readonly FutureTransition[]
}

/** The same for whoever computes it, on whichever machine: it reads no clock. */
export function analyse(before: PlainRules, after: PlainRules, created: string): Analysis {
  const at = parseTime(created)!
  return {
    changes: diffRules(before, after),
    impact: impactOf(before, after, at),
    transitions: futureTransitions(after, at),
  }
}
