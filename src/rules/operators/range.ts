import type { Tri } from '../kleene.ts'
import { FALSE, TRUE, UNKNOWN } from '../kleene.ts'

/** How a text stands to an operand; 2 where the text is no version. */
export type Order = -1 | 0 | 1 | 2

/** What a version system must say to be used in ranges. */
export interface Versions<Operand> {
  readonly parse: (text: string) => Operand | undefined
  readonly compare: (text: string, operand: Operand) => Order
  /** Which of the first three numbers is the first that is not 0; the last where all are. */
  readonly leading: (operand: Operand) => number
  /** The first version with a higher number at this place, and the same ones before it. */
  readonly above: (operand: Operand, place: number) => Operand
}

interface Comparator<Operand> {
  /** Bit 0: smaller is in, bit 1: equal is in, bit 2: greater is in. */
  readonly accepts: number
  readonly operand: Operand
}

const BELOW = 0b001
const AT_LEAST = 0b110
const ACCEPTS: Readonly<Record<string, number>> = {
  '': 0b010,
  '=': 0b010,
  '!=': 0b101,
  '<': BELOW,
  '<=': 0b011,
  '>': 0b100,
  '>=': AT_LEAST,
}

const COMPARATOR = /^(=|!=|<=|>=|<|>|\^|~|)([^=!<>^~|][^|]*)$/

/** `>=1.2.0 <2.0.0 || =3.0.0`: `||` between alternatives, spaces between comparators that must all hold. */
export function parseRange<Operand>(text: string, versions: Versions<Operand>): Comparator<Operand>[][] | undefined {
  const alternatives: Comparator<Operand>[][] = []
  for (const alternative of text.split('||')) {
    const comparators: Comparator<Operand>[] = []
    for (const token of alternative.split(' ')) {
      if (token === '') continue
      const [, sign, version] = COMPARATOR.exec(token) ?? []
      const operand = version === undefined ? undefined : versions.parse(version)
      if (operand === undefined) return undefined
      if (sign === '^' || sign === '~') {
        const above = versions.above(operand, sign === '^' ? versions.leading(operand) : 1)
        comparators.push({ accepts: AT_LEAST, operand }, { accepts: BELOW, operand: above })
      } else {
        comparators.push({ accepts: ACCEPTS[sign!]!, operand })
      }
    }
    if (comparators.length === 0) return undefined
    alternatives.push(comparators)
  }
  return alternatives
}

export function rangeTest<Operand>(text: string, versions: Versions<Operand>): (value: unknown) => Tri {
  const range = parseRange(text, versions)!
  const { compare } = versions
  const first = range[0]![0]!
  if (range.length === 1 && range[0]!.length === 1) {
    return value => (typeof value === 'string' ? verdict(compare(value, first.operand), first.accepts) : UNKNOWN)
  }
  return value => {
    if (typeof value !== 'string' || compare(value, first.operand) === 2) return UNKNOWN
    for (const comparators of range) {
      if (comparators.every(one => verdict(compare(value, one.operand), one.accepts) === TRUE)) return TRUE
    }
    return FALSE
  }
}

function verdict(order: Order, accepts: number): Tri {
  return order === 2 ? UNKNOWN : (((accepts >> (order + 1)) & 1) as Tri)
}
