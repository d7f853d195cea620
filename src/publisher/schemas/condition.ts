import type { Json } from '../../base/json.ts'
import { BUCKET, closed, SALT, type Schema, TIME } from './shared.ts'

const SCALAR = { type: ['string', 'number', 'boolean'], description: 'a string, number or boolean' } as const
const SCALARS = { type: 'array', items: SCALAR, description: 'a list of strings, numbers or booleans' } as const
const TEXTS = {
  type: ['string', 'array'],
  items: { type: 'string', description: 'a string' },
  description: 'a string or a list of strings',
} as const
const NUMBER = { type: 'number', description: 'a number' } as const
const INSTANT = {
  type: 'string',
  description: 'a time with an offset such as "2026-12-01T09:00:00Z"',
} as const

/** What may stand beside `attr`, or in the mapping below an attribute's name. */
const OPERATORS: Readonly<Record<string, Json>> = {
  eq: SCALAR,
  in: SCALARS,
  has: { ...SCALARS, type: ['array', 'string', 'number', 'boolean'] },
  startsWith: TEXTS,
  endsWith: TEXTS,
  contains: TEXTS,
  lt: NUMBER,
  lte: NUMBER,
  gt: NUMBER,
  gte: NUMBER,
  before: INSTANT,
  after: INSTANT,
  semver: { type: 'string', description: 'a quoted range such as ">=1.2.0 <2.0.0"' },
  version: { type: 'string', description: 'a quoted range such as ">=5.2"' },
  cidr: TEXTS,
  matches: { type: 'string', description: 'a regular expression in RE2 syntax' },
  exists: { type: 'boolean', description: 'true or false' },
  ignoreCase: { type: 'boolean', description: 'true or false' },
}

const ATTRIBUTE = {
  type: ['string', 'array'],
  items: { type: 'string', minLength: 1, description: 'a name' },
  description: 'the name of an attribute, or a path of names',
} as const

const CONDITION: Schema = {
  type: 'object',
  description: 'a mapping of conditions that must all hold',
  if: { required: ['attr'] },
  then: closed({ attr: ATTRIBUTE, ...OPERATORS }, ['attr']),
  else: {
    properties: {
      all: { $ref: '#/$defs/conditions' },
      any: { $ref: '#/$defs/conditions' },
      not: { $ref: '#/$defs/condition' },
      assume: { type: 'boolean', description: 'true or false' },
      of: { $ref: '#/$defs/condition' },
      segment: {
        type: ['string', 'array'],
        items: { type: 'string', description: 'the key of a segment' },
        description: 'the key of a segment, or a list of them of which one must hold',
      },
      flag: { type: 'string', description: 'the key of a flag' },
      is: {
        type: 'array',
        items: { type: ['string', 'boolean'], description: 'the name of a variant' },
        minItems: 1,
        description: 'a list of variants',
      },
      bucket: closed({ by: { type: 'string', description: 'a unit' }, salt: SALT, from: BUCKET, to: BUCKET }, [
        'salt',
        'from',
        'to',
      ]),
      from: TIME,
      until: TIME,
    },
    additionalProperties: { $ref: '#/$defs/test' },
    dependentRequired: { assume: ['of'], of: ['assume'], flag: ['is'], is: ['flag'] },
  },
}

export const CONDITION_DEFS: Readonly<Record<string, Json>> = {
  condition: CONDITION,
  conditions: { type: 'array', items: { $ref: '#/$defs/condition' }, description: 'a list of conditions' },
  test: {
    type: ['string', 'number', 'boolean', 'array', 'object'],
    items: SCALAR,
    properties: { ...OPERATORS, not: { $ref: '#/$defs/test' } },
    additionalProperties: false,
    minProperties: 1,
    description: 'a value, a list of values, or a mapping of operators',
  },
}
