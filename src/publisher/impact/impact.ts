import { sameJson } from '../../base/samejson.ts'
import type { Audience, Impact, Share } from '../diff/types.ts'
import { readersIn, segmentsBehind } from '../reads.ts'
import { own, type PlainRules } from '../rules.ts'
import { audiencesOf } from './audiences.ts'
import type { Shape } from './inline.ts'
import { type Measure, measure, percentText } from './measure.ts'
import { type Answer, type Plan, type Plans, plansOf } from './plan.ts'

/**
 * For each flag that exists before and after and whose answers may differ: how much of the bucket space changes its
 * variant, exactly, for the people whom it changes most. Time conditions are decided at `now` (milliseconds).
 */
export function impactOf(before: PlainRules, after: PlainRules, now: number): Impact[] {
  const impacts: Impact[] = []
  let readers: ((key: string) => string[]) | undefined
  for (const key of changedFlags(before, after)) {
    const impact = flagImpact(key, before, after, now)
    if (impact === undefined) continue
    readers ??= readersIn(after)
    impacts.push({ ...impact, readers: readers(key) })
  }
  return impacts
}

function changedFlags(before: PlainRules, after: PlainRules): string[] {
  const segments = new Set(
    [...new Set([...Object.keys(before.segments), ...Object.keys(after.segments)])].filter(
      key => !sameJson(own(before.segments, key), own(after.segments, key)),
    ),
  )
  return Object.keys(after.flags)
    .filter(key => {
      const old = own(before.flags, key)
      if (old === undefined) return false
      if (!sameJson(old, after.flags[key])) return true
      return segments.size > 0 && segmentsBehind(after, after.flags[key]!).some(segment => segments.has(segment))
    })
    .sort()
}

type Measured = Omit<Impact, 'readers'>

function flagImpact(key: string, before: PlainRules, after: PlainRules, now: number): Measured | undefined {
  const moment = (rules: PlainRules) => ({ rules, flag: rules.flags[key]!, now })
  return compare(key, plansOf(moment(before), moment(after)))
}

/** The movement between two plans of one flag; undefined where nobody moves. */
export function compare(key: string, { from, to, atoms }: Plans): Measured | undefined {
  const audiences = new Map<string, Audience & { readonly size: bigint }>()
  for (const holds of audiencesOf(atoms)) {
    const measured = measure(from, to, holds)
    if (measured.moved === 0n) continue
    const rules = rulesMet(from, to, holds)
    const name = rules.join(' ')
    const audience = { ...audienceOf(rules, measured, from, to), size: measured.moved }
    const known = audiences.get(name)
    if (known === undefined || known.size < audience.size) audiences.set(name, audience)
  }
  if (audiences.size === 0) return undefined
  const sorted = [...audiences.values()]
    .sort((a, b) => (a.size > b.size ? -1 : a.size < b.size ? 1 : a.rules.length - b.rules.length))
    .map(({ size: _, ...audience }) => audience)
  return { flag_key: key, moved: sorted[0]!.moved, minimum: sorted[0]!.minimum, audiences: sorted }
}

function audienceOf(rules: readonly string[], measured: Measure, from: Plan, to: Plan): Audience {
  const { moved, minimum, whole } = measured
  const shares = (all: ReadonlyMap<Answer, bigint>, plan: Plan): Share[] =>
    [...all]
      .map(([answer, part]) => ({ variant: plan.names.get(answer)!, percent: percentText(part, whole) }))
      .sort((a, b) => (a.variant < b.variant ? -1 : 1))
  return {
    rules,
    moved: percentText(moved, whole),
    minimum: percentText(minimum, whole),
    before: shares(measured.before, from),
    after: shares(measured.after, to),
  }
}

/** Ids of the rules that these people can meet because of who they are. */
function rulesMet(from: Plan, to: Plan, holds: ReadonlySet<string>): string[] {
  const ids = new Set<string>()
  for (const plan of [from, to]) {
    for (const { rule, when } of plan.steps) {
      if (rule !== undefined && names(when) && canHold(when, holds)) ids.add(rule)
    }
  }
  return [...ids]
}

function names(shape: Shape): boolean {
  if ('all' in shape) return shape.all.some(names)
  if ('any' in shape) return shape.any.some(names)
  return 'not' in shape ? names(shape.not) : 'atom' in shape
}

function canHold(shape: Shape, holds: ReadonlySet<string>): boolean {
  if ('all' in shape) return shape.all.every(part => canHold(part, holds))
  if ('any' in shape) return shape.any.some(part => canHold(part, holds))
  if ('constant' in shape) return shape.constant
  if ('dimension' in shape) return true
  if ('not' in shape) return 'atom' in shape.not ? !holds.has(shape.not.atom) : true
  return holds.has(shape.atom)
}
