import type { Json } from '../../base/json.ts'
import { FLAG_KINDS, RISKS } from '../workspace/types.ts'
import { CONDITION_DEFS } from './condition.ts'
import { BUCKET, closed, DAY, fileSchema, KEY, NAME, PERCENT, SALT, TEXT, TIME, UNITS, VARIANT_NAME } from './shared.ts'

const UNIT = { type: 'string', minLength: 1, description: 'the name of a unit or attribute' } as const
const REST = {
  type: ['string', 'boolean'],
  description: '"next", "fallback" or the name of a variant',
} as const
const ARMS = {
  type: 'object',
  minProperties: 1,
  additionalProperties: PERCENT,
  description: 'a mapping of variants to percentages',
} as const

const OUTCOME: Readonly<Record<string, Json>> = {
  serve: VARIANT_NAME,
  fallback: { const: true, description: 'true' },
  rollout: {
    ...PERCENT,
    type: ['number', 'object'],
    properties: { to: PERCENT, serve: VARIANT_NAME, by: UNIT, salt: SALT, rest: REST },
    required: ['to'],
    additionalProperties: false,
    description: 'a percentage, or a mapping with "to"',
  },
  split: closed({ arms: ARMS, by: UNIT, salt: SALT, rest: REST }, ['arms']),
}

const RULE = closed(
  {
    id: { ...KEY, maxLength: 64 },
    description: TEXT,
    when: { $ref: '#/$defs/condition' },
    ...OUTCOME,
    ramp: closed(
      {
        serve: VARIANT_NAME,
        by: UNIT,
        salt: SALT,
        rest: REST,
        steps: {
          type: 'array',
          minItems: 1,
          items: closed({ at: TIME, to: PERCENT }, ['at', 'to']),
          description: 'a list of steps',
        },
      },
      ['steps'],
    ),
    experiment: closed(
      {
        key: KEY,
        layer: KEY,
        holdout: KEY,
        share: PERCENT,
        arms: ARMS,
        by: UNIT,
        salt: SALT,
        rest: REST,
      },
      ['key', 'arms'],
    ),
    targets: {
      type: 'object',
      minProperties: 1,
      additionalProperties: UNITS,
      description: 'a mapping of variants to lists of units',
    },
    by: UNIT,
  },
  ['id'],
)

const ENVIRONMENT = closed(
  {
    enabled: { type: 'boolean', description: 'true or false' },
    requires: {
      type: 'array',
      items: closed({ flag: KEY, is: { type: 'array', minItems: 1, items: VARIANT_NAME } }, ['flag', 'is']),
      description: 'a list of {flag, is}',
    },
    values: { type: 'object', description: 'a mapping of variants to values' },
    rules: { type: 'array', items: { $ref: '#/$defs/rule' }, description: 'a list of rules' },
    otherwise: {
      type: ['string', 'boolean', 'object'],
      properties: OUTCOME,
      additionalProperties: false,
      minProperties: 1,
      maxProperties: 1,
      description: 'the name of a variant, or one of serve, fallback, rollout, split',
    },
  },
  ['enabled', 'otherwise'],
)

export const FLAG_SCHEMA = fileSchema(
  'A feature flag',
  {
    key: KEY,
    description: TEXT,
    type: { enum: ['boolean', 'string', 'integer', 'number', 'json'], description: 'a flag type' },
    owner: NAME,
    kind: { enum: FLAG_KINDS, description: 'a kind of flag' },
    risk: { enum: RISKS, description: 'a risk' },
    expires: {
      type: 'string',
      pattern: '^(\\d{4}-\\d{2}-\\d{2}|never)$',
      description: 'a day such as "2027-03-01", or "never"',
    },
    salt: SALT,
    variants: {
      type: 'array',
      minItems: 1,
      maxItems: 256,
      items: closed({ name: KEY, value: true, description: TEXT }, ['name', 'value']),
      description: 'a list of {name, value}',
    },
    off: { type: ['string', 'boolean', 'null'], description: 'the name of a variant, or null' },
    schema: { type: ['object', 'boolean'], description: 'a JSON Schema' },
    tags: { type: 'array', items: NAME, description: 'a list of names' },
    archived: DAY,
    environments: {
      type: 'object',
      additionalProperties: { $ref: '#/$defs/environment' },
      description: 'a mapping of environments',
    },
    layout: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        additionalProperties: {
          type: 'object',
          additionalProperties: {
            type: 'array',
            items: { type: 'array', items: BUCKET, minItems: 2, maxItems: 2, description: 'a pair of buckets' },
            description: 'a list of bucket ranges',
          },
          description: 'a mapping of variants to bucket ranges',
        },
        description: 'a mapping of rules',
      },
      description: 'what `ensign fmt` writes',
    },
    accept: {
      type: 'array',
      items: closed({ code: KEY, reason: { type: 'string', minLength: 1, description: 'a reason' } }, [
        'code',
        'reason',
      ]),
      description: 'a list of {code, reason}',
    },
  },
  ['key', 'type', 'salt', 'environments'],
  { ...CONDITION_DEFS, rule: RULE, environment: ENVIRONMENT },
)
