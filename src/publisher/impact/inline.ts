import { canonical, type Json } from '../../base/json.ts'
import { parseTime } from '../../base/time.ts'
import type { AttributeName, Condition, Segment } from '../../rules/types.ts'
import { own } from '../rules.ts'

/**
 * A condition in which only chance and time are left to look into. Everything that depends on the context is an atom:
 * a name for "this holds", the same for the same text, so that two rule sets can be asked about the same people.
 */
export type Shape =
  | { readonly all: readonly Shape[] }
  | { readonly any: readonly Shape[] }
  | { readonly not: Shape }
  | { readonly atom: string }
  | { readonly constant: boolean }
  | { readonly dimension: string; readonly from: number; readonly to: number }

export const TRUE: Shape = { constant: true }

/** The independent axis along which a salt and a unit spread people. */
export function dimensionOf(by: AttributeName, salt: string): string {
  return canonical([salt, by as Json])
}

export interface Inliner {
  readonly segments: Readonly<Record<string, Segment>>
  /** Milliseconds: time conditions are decided. */
  readonly now: number
  /** What an atom says, for people. */
  readonly atoms: Map<string, Condition>
  /** Groups without chance and time stay one atom: fewer kinds of people, told apart less exactly. */
  readonly coarse: boolean
}

export function shapeOf(inliner: Inliner, condition: Condition): Shape {
  if ('all' in condition) return group(inliner, condition, 'all', condition.all)
  if ('any' in condition) return group(inliner, condition, 'any', condition.any)
  if ('not' in condition) return { not: shapeOf(inliner, condition.not) }
  if ('assume' in condition) return shapeOf(inliner, condition.of)
  if ('bucket' in condition) {
    const { by, salt, from, to } = condition.bucket
    return { dimension: dimensionOf(by, salt), from, to }
  }
  if ('from' in condition) return { constant: inliner.now >= (parseTime(condition.from) ?? Infinity) }
  if ('until' in condition) return { constant: inliner.now < (parseTime(condition.until) ?? -Infinity) }
  if ('segment' in condition) return segmentShape(inliner, condition.segment)
  return atom(inliner, condition)
}

function group(inliner: Inliner, whole: Condition, kind: 'all' | 'any', parts: readonly Condition[]): Shape {
  if (parts.length === 0) return { constant: kind === 'all' }
  if (inliner.coarse && parts.length > 1 && !parts.some(part => isOpen(inliner, part))) return atom(inliner, whole)
  const shapes = parts.map(part => shapeOf(inliner, part))
  return kind === 'all' ? { all: shapes } : { any: shapes }
}

function atom(inliner: Inliner, condition: Condition): Shape {
  const name = canonical(resolved(inliner, condition))
  inliner.atoms.set(name, condition)
  return { atom: name }
}

function segmentShape(inliner: Inliner, key: string): Shape {
  const segment = segmentOf(inliner, key)
  if (segment === undefined) return { constant: false }
  if (segment.when === undefined || !isOpen(inliner, segment.when)) return atom(inliner, { segment: key })
  const listed = (list: 'include' | 'exclude'): Shape => {
    if (segment[list] === undefined) return { constant: false }
    const name = canonical({ by: segment.by as Json, [list]: segment[list] as unknown as Json })
    inliner.atoms.set(name, { segment: key })
    return { atom: name }
  }
  return { any: [listed('include'), { all: [{ not: listed('exclude') }, shapeOf(inliner, segment.when)] }] }
}

function segmentOf({ segments }: Inliner, key: string): Segment | undefined {
  return own(segments, key)
}

/** Whether chance or time occurs in it. */
function isOpen(inliner: Inliner, condition: Condition): boolean {
  if ('all' in condition) return condition.all.some(part => isOpen(inliner, part))
  if ('any' in condition) return condition.any.some(part => isOpen(inliner, part))
  if ('not' in condition) return isOpen(inliner, condition.not)
  if ('assume' in condition) return isOpen(inliner, condition.of)
  if ('segment' in condition) {
    const when = segmentOf(inliner, condition.segment)?.when
    return when !== undefined && isOpen(inliner, when)
  }
  return 'bucket' in condition || 'from' in condition || 'until' in condition
}

/** With what its segments say, so that a changed segment is another atom. */
function resolved(inliner: Inliner, condition: Condition): Json {
  if ('all' in condition) return { all: condition.all.map(part => resolved(inliner, part)) }
  if ('any' in condition) return { any: condition.any.map(part => resolved(inliner, part)) }
  if ('not' in condition) return { not: resolved(inliner, condition.not) }
  if ('assume' in condition) return { assume: condition.assume, of: resolved(inliner, condition.of) }
  if ('segment' in condition) {
    const segment = segmentOf(inliner, condition.segment)
    if (segment === undefined) return { segment: null }
    const { when, ...lists } = segment
    return { segment: lists as unknown as Json, when: when === undefined ? null : resolved(inliner, when) }
  }
  return condition as unknown as Json
}
