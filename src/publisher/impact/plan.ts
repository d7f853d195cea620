import { canonical, type Json } from '../../base/json.ts'
import type { Condition, Flag, Outcome } from '../../rules/types.ts'
import type { PlainRules } from '../rules.ts'
import { dimensionOf, type Inliner, type Shape, shapeOf, TRUE } from './inline.ts'

/** What people get: the variant with its value, or the caller's fallback. Compared as text. */
export type Answer = string
const FALLBACK: Answer = 'fallback'

/** A flag at one time, in which only people and their buckets are open. */
export interface Plan {
  readonly steps: readonly Step[]
  /** Where no step decides. */
  readonly end: Answer
  readonly names: ReadonlyMap<Answer, string>
  readonly dimensions: ReadonlySet<string>
}

interface Step {
  /** Undefined: of the flag as a whole. */
  readonly rule: string | undefined
  readonly when: Shape
  readonly then: Chance
}

/** Arms over one dimension; what no arm holds gets `rest`, undefined goes on. */
export type Chance =
  | { readonly answer: Answer }
  | {
      readonly dimension: string
      readonly arms: readonly (readonly [from: number, to: number, answer: Answer])[]
      readonly rest: Answer | undefined
    }

/** One flag of one rule set at one time (milliseconds). */
export interface Moment {
  readonly rules: PlainRules
  readonly flag: Flag
  readonly now: number
}

export interface Plans {
  readonly from: Plan
  readonly to: Plan
  readonly atoms: ReadonlyMap<string, Condition>
}

/** More atoms than this are told apart as whole conditions only. */
const MAX_ATOMS = 6

export function plansOf(from: Moment, to: Moment): Plans {
  const fine = new Map<string, Condition>()
  const plans = { from: planOf(from, fine, false), to: planOf(to, fine, false), atoms: fine }
  if (fine.size <= MAX_ATOMS) return plans
  const atoms = new Map<string, Condition>()
  return { from: planOf(from, atoms, true), to: planOf(to, atoms, true), atoms }
}

function planOf({ rules, flag, now }: Moment, atoms: Map<string, Condition>, coarse: boolean): Plan {
  const inliner: Inliner = { segments: rules.segments, now, atoms, coarse }
  const names = new Map<Answer, string>([[FALLBACK, "the caller's fallback"]])
  const answers = flag.variants.map(([name, value]) => {
    const answer = canonical([name, value as Json])
    names.set(answer, name)
    return answer
  })
  const answerOf = (index: number | null): Answer => (index === null ? FALLBACK : (answers[index] ?? FALLBACK))
  const off = answerOf(flag.off)
  const dimensions = new Set<string>()
  if (!flag.on) return { steps: [], end: off, names, dimensions }
  const chance = (outcome: Outcome, last: boolean): Chance => {
    if ('serve' in outcome) return { answer: answerOf(outcome.serve) }
    if ('fallback' in outcome) return { answer: FALLBACK }
    const { by, salt, arms, rest } = outcome.split
    const dimension = dimensionOf(by, salt)
    dimensions.add(dimension)
    return {
      dimension,
      arms: arms.map(([from, to, index]) => [from, to, answerOf(index)]),
      rest: rest === 'fallback' ? FALLBACK : rest === 'next' ? (last ? off : undefined) : answerOf(rest),
    }
  }
  const steps: Step[] = []
  for (const required of flag.requires ?? []) {
    steps.push({ rule: undefined, when: { not: shapeOf(inliner, required) }, then: { answer: off } })
  }
  for (const rule of flag.rules) {
    steps.push({ rule: rule.id, when: shapeOf(inliner, rule.when), then: chance(rule.then, false) })
  }
  steps.push({ rule: undefined, when: TRUE, then: chance(flag.otherwise, true) })
  for (const step of steps) dimensionsIn(step.when, dimensions)
  return { steps, end: off, names, dimensions }
}

function dimensionsIn(shape: Shape, found: Set<string>): void {
  if ('dimension' in shape) found.add(shape.dimension)
  else if ('all' in shape) for (const part of shape.all) dimensionsIn(part, found)
  else if ('any' in shape) for (const part of shape.any) dimensionsIn(part, found)
  else if ('not' in shape) dimensionsIn(shape.not, found)
}
