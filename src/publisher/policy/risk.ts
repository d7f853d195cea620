import { isObject } from '../../base/json.ts'
import type { Condition } from '../../rules/types.ts'
import { readsOfSegment, walk } from '../reads.ts'
import { own, type PlainRules } from '../rules.ts'
import { RISKS, type Risk } from '../workspace/types.ts'

/** Of a flag that does not say. */
const UNSAID: Risk = 'medium'

function riskOf(meta: unknown): Risk {
  const told = isObject(meta) ? meta.risk : undefined
  return RISKS.find(risk => risk === told) ?? UNSAID
}

function higher(a: Risk, b: Risk): Risk {
  return RISKS.indexOf(a) >= RISKS.indexOf(b) ? a : b
}

/** By the key of a flag, or `segments/KEY`. */
export type RiskOf = (key: string) => Risk

/**
 * The risk of a change, from the rules themselves: the higher of before and after, and of a segment that of the
 * riskiest flag that reads it, directly or through other segments.
 */
export function riskFinder(before: PlainRules, after: PlainRules): RiskOf {
  const flagRisk = (key: string): Risk | undefined => {
    const [was, is] = [own(before.flags, key), own(after.flags, key)]
    if (was === undefined) return is && riskOf(is.meta)
    return is === undefined || is === was ? riskOf(was.meta) : higher(riskOf(was.meta), riskOf(is.meta))
  }
  let segments: Map<string, Risk> | undefined
  return key => {
    if (!key.startsWith('segments/')) return flagRisk(key) ?? UNSAID
    segments ??= segmentRisks([before, after], flagRisk)
    return segments.get(key.slice('segments/'.length)) ?? UNSAID
  }
}

function segmentRisks(both: readonly PlainRules[], flagRisk: (key: string) => Risk | undefined): Map<string, Risk> {
  const risks = new Map<string, Risk>()
  const raise = (rules: PlainRules, segment: string, risk: Risk): void => {
    const known = risks.get(segment)
    if (known !== undefined && higher(known, risk) === known) return
    risks.set(segment, risk)
    if (!Object.hasOwn(rules.segments, segment)) return
    for (const read of readsOfSegment(rules.segments[segment]!).segments) raise(rules, read, risk)
  }
  for (const rules of both) {
    for (const [key, flag] of Object.entries(rules.flags)) {
      const risk = flagRisk(key)!
      const visit = (one: Condition) => void ('segment' in one && raise(rules, one.segment, risk))
      for (const { when } of flag.rules) walk(when, visit)
    }
  }
  return risks
}
