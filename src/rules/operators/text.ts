import { own } from '../attributes.ts'
import { FALSE, type Test, TRUE, type Tri, tri, UNKNOWN } from '../kleene.ts'
import type { AttributeName, Scalar } from '../types.ts'

const STRING = 1
const NUMBER = 2
const BOOLEAN = 4

export function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
}

export function isScalars(value: unknown): value is readonly Scalar[] {
  return Array.isArray(value) && value.every(isScalar)
}

export function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(one => typeof one === 'string')
}

/** A-Z to a-z and nothing else: languages disagree on the rest. What is no string stays as it is. */
export function fold(value: unknown): unknown {
  return typeof value === 'string' ? foldText(value) : value
}

function foldText(text: string): string {
  return text.replace(/[A-Z]+/g, upper => upper.toLowerCase())
}

/** Equality with one of a list: unknown for a type that the list does not hold. A Set takes -0 for 0, as it should be. */
export function memberTest(operands: readonly Scalar[], ignoreCase: boolean): (value: unknown) => Tri {
  let types = operands.length === 0 ? STRING | NUMBER | BOOLEAN : 0
  for (const operand of operands) types |= typeBit(operand)
  const members = new Set<unknown>(ignoreCase ? operands.map(fold) : operands)
  if (ignoreCase) return value => verdict(members.has(fold(value)), value, types)
  return value => verdict(members.has(value), value, types)
}

/**
 * `memberTest` and the reading of the attribute in one closure, for the comparison that rules are made of most: strings,
 * as they are written, with an attribute that has one name. Undefined for all others.
 */
export function ownStringTest(
  attribute: AttributeName,
  operands: readonly Scalar[],
  ignoreCase: boolean,
): Test | undefined {
  if (typeof attribute !== 'string' || ignoreCase || operands.length === 0 || !isStrings(operands)) return undefined
  const [only] = operands
  if (operands.length === 1) {
    return context => {
      const value = own(context, attribute)
      return typeof value === 'string' ? (value === only ? TRUE : FALSE) : UNKNOWN
    }
  }
  const slots = slotsOf(operands)
  if (slots !== undefined) {
    const { table, factor } = slots
    return context => {
      const value = own(context, attribute)
      return typeof value === 'string' ? (value === table[slotOf(value, factor)] ? TRUE : FALSE) : UNKNOWN
    }
  }
  const members = new Set(operands)
  return context => {
    const value = own(context, attribute)
    return typeof value === 'string' ? (members.has(value) ? TRUE : FALSE) : UNKNOWN
  }
}

const MAX_SLOTTED = 8
const SLOTS = 32

/** By the first and the last code unit. */
function slotOf(text: string, factor: number): number {
  return (text.charCodeAt(0) + Math.imul(text.charCodeAt(text.length - 1), factor)) & (SLOTS - 1)
}

/** A table in which each of a few operands has a slot of its own: one comparison, where a Set would hash the text. */
function slotsOf(operands: readonly string[]): { table: readonly string[]; factor: number } | undefined {
  const distinct = [...new Set(operands)]
  if (distinct.length > MAX_SLOTTED) return undefined
  for (let factor = 1; factor < SLOTS; factor += 2) {
    // An empty slot holds an operand whose own slot is another: no value that comes here equals it.
    const table = Array.from({ length: SLOTS }, () => distinct[0]!)
    for (const one of distinct) table[slotOf(one, factor)] = one
    if (distinct.every(one => table[slotOf(one, factor)] === one)) return { table, factor }
  }
  return undefined
}

function verdict(member: boolean, value: unknown, types: number): Tri {
  return member ? TRUE : (typeBit(value) & types) === 0 ? UNKNOWN : FALSE
}

/** 0 for what cannot be compared, the numbers that count as missing among it. */
function typeBit(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return STRING
    case 'number':
      return Number.isFinite(value) ? NUMBER : 0
    case 'boolean':
      return BOOLEAN
    default:
      return 0
  }
}

export function textTest(
  operands: readonly string[],
  ignoreCase: boolean,
  holds: (text: string, part: string) => boolean,
): (value: unknown) => Tri {
  const parts = ignoreCase ? operands.map(foldText) : operands
  return value => {
    if (typeof value !== 'string') return UNKNOWN
    const text = ignoreCase ? foldText(value) : value
    return tri(parts.some(part => holds(text, part)))
  }
}
