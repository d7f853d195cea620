import type { Json } from '../../base/json.ts'
import type { AttributeType } from '../workspace/types.ts'

export type Operand = 'scalar' | 'scalars' | 'texts' | 'number' | 'instant' | 'text' | 'boolean'

/** Each operator: how its operand is written, and the attribute types that it can be true for. */
export const OPERATOR_ROWS: Readonly<
  Record<string, { readonly operand: Operand; readonly takes: readonly AttributeType[] }>
> = {
  eq: { operand: 'scalar', takes: ['string', 'number', 'boolean', 'semver', 'version', 'ip'] },
  in: { operand: 'scalars', takes: ['string', 'number', 'boolean', 'semver', 'version', 'ip'] },
  has: { operand: 'scalars', takes: ['strings', 'numbers'] },
  startsWith: { operand: 'texts', takes: ['string', 'semver', 'version', 'ip'] },
  endsWith: { operand: 'texts', takes: ['string', 'semver', 'version', 'ip'] },
  contains: { operand: 'texts', takes: ['string', 'semver', 'version', 'ip'] },
  lt: { operand: 'number', takes: ['number'] },
  lte: { operand: 'number', takes: ['number'] },
  gt: { operand: 'number', takes: ['number'] },
  gte: { operand: 'number', takes: ['number'] },
  before: { operand: 'instant', takes: ['time', 'string', 'number'] },
  after: { operand: 'instant', takes: ['time', 'string', 'number'] },
  semver: { operand: 'text', takes: ['semver', 'version', 'string'] },
  version: { operand: 'text', takes: ['version', 'semver', 'string'] },
  cidr: { operand: 'texts', takes: ['ip', 'string'] },
  matches: { operand: 'text', takes: ['string', 'semver', 'version', 'ip'] },
  exists: {
    operand: 'boolean',
    takes: ['string', 'number', 'boolean', 'strings', 'numbers', 'time', 'semver', 'version', 'ip'],
  },
}

/** Operators that `ignoreCase` may stand beside. */
export const FOLDABLE = new Set(['eq', 'in', 'has', 'startsWith', 'endsWith', 'contains'])

const SCALAR_OF: Readonly<Record<AttributeType, 'string' | 'number' | 'boolean'>> = {
  string: 'string',
  number: 'number',
  boolean: 'boolean',
  strings: 'string',
  numbers: 'number',
  time: 'string',
  semver: 'string',
  version: 'string',
  ip: 'string',
}

export function fitsType(type: AttributeType, value: Json): boolean {
  return typeof value === SCALAR_OF[type]
}

export function scalarOf(type: AttributeType): string {
  return SCALAR_OF[type]
}
