import { ATTRIBUTE_TYPES } from '../workspace/types.ts'
import { CONDITION_DEFS } from './condition.ts'
import {
  BUCKET,
  closed,
  ENVIRONMENT_NAMES,
  fileSchema,
  ID,
  KEY,
  NAME,
  PERCENT,
  SALT,
  TEXT,
  TIME,
  UNITS,
} from './shared.ts'

const UNIT = { type: 'string', minLength: 1, description: 'the name of a unit or attribute' } as const

export const PROJECT_SCHEMA = fileSchema(
  'An Ensign workspace',
  {
    project: ID,
    environments: { ...ENVIRONMENT_NAMES, minItems: 1, uniqueItems: true },
    units: {
      type: 'object',
      minProperties: 1,
      additionalProperties: { type: 'string', minLength: 1, description: 'the name of an attribute' },
      description: 'a mapping of units to attributes',
    },
    unit: UNIT,
    engine: { type: 'integer', minimum: 1, description: 'the rule level of the oldest client' },
  },
  ['project', 'environments', 'units', 'unit'],
)

export const ATTRIBUTES_SCHEMA = fileSchema(
  'The attributes of the contexts',
  {
    attributes: {
      type: 'array',
      items: closed(
        {
          name: NAME,
          path: { type: 'array', minItems: 1, items: NAME, description: 'a list of names' },
          type: { enum: ATTRIBUTE_TYPES, description: 'an attribute type' },
          pii: { enum: ['none', 'pseudonymous', 'forbidden'], description: 'none, pseudonymous or forbidden' },
          sealed: {
            type: ['string', 'object'],
            minLength: 1,
            properties: { key: NAME, norm: { enum: ['none', 'trim-lower'], description: 'none or trim-lower' } },
            required: ['key'],
            additionalProperties: false,
            description: 'the name of a secret',
          },
          values: { type: 'array', items: { type: ['string', 'number', 'boolean'] }, description: 'a list of values' },
          description: TEXT,
        },
        ['name', 'type'],
      ),
      description: 'a list of {name, type}',
    },
  },
  ['attributes'],
)

export const SEGMENT_SCHEMA = fileSchema(
  'A segment',
  {
    key: KEY,
    description: TEXT,
    owner: NAME,
    by: UNIT,
    include: UNITS,
    exclude: UNITS,
    when: { $ref: '#/$defs/condition' },
  },
  ['key'],
  CONDITION_DEFS,
)

export const LAYER_SCHEMA = fileSchema(
  'A layer of experiments that share nobody',
  {
    key: KEY,
    description: TEXT,
    salt: SALT,
    by: UNIT,
    slots: {
      type: 'array',
      items: closed({ experiment: KEY, from: BUCKET, to: BUCKET }, ['experiment', 'from', 'to']),
      description: 'a list of {experiment, from, to}',
    },
  },
  ['key', 'salt', 'slots'],
)

export const HOLDOUT_SCHEMA = fileSchema(
  'People who see no experiment',
  { key: KEY, description: TEXT, salt: SALT, by: UNIT, share: PERCENT },
  ['key', 'salt', 'share'],
)

const EXPECT = {
  type: ['string', 'boolean', 'object'],
  properties: {
    variant: { type: ['string', 'boolean', 'null'], description: 'the name of a variant, or null' },
    value: true,
    enabled: { type: 'boolean', description: 'true or false' },
    reason: {
      enum: ['STATIC', 'TARGETING_MATCH', 'SPLIT', 'DEFAULT', 'DISABLED', 'STOPPED', 'PREREQUISITE', 'ERROR'],
      description: 'a reason',
    },
    code: { type: ['string', 'null'], description: 'a code, or null' },
    rule: { type: ['string', 'null'], description: 'the id of a rule, or null' },
    experiment: { type: ['string', 'null'], description: 'the key of an experiment, or null' },
  },
  additionalProperties: false,
  minProperties: 1,
  description: 'the name of a variant, or a mapping of what is expected',
} as const

export const TESTS_SCHEMA = fileSchema(
  'Tests of flags',
  {
    flag: KEY,
    environment: ID,
    now: TIME,
    tests: {
      type: 'array',
      items: closed(
        {
          name: NAME,
          flag: KEY,
          environment: ID,
          now: TIME,
          context: { type: 'object', description: 'a mapping of attributes to values' },
          matrix: {
            type: 'object',
            minProperties: 1,
            additionalProperties: { type: 'array', minItems: 1, description: 'a list of values' },
            description: 'a mapping of attributes to lists of values',
          },
          bucket: { ...BUCKET, maximum: 99_999, description: 'a bucket from 0 to 99999' },
          buckets: {
            type: 'object',
            additionalProperties: { ...BUCKET, maximum: 99_999, description: 'a bucket from 0 to 99999' },
            description: 'a mapping of layers and holdouts to buckets',
          },
          stopped: { type: 'array', items: KEY, description: 'a list of flags' },
          expect: EXPECT,
        },
        ['expect'],
      ),
      description: 'a list of tests',
    },
  },
  ['tests'],
)

export const PEOPLE_SCHEMA = fileSchema(
  'People, and what they were granted',
  {
    people: {
      type: 'array',
      items: closed({ id: ID, name: NAME, auth: NAME, machine: { type: 'boolean', description: 'true or false' } }, [
        'id',
      ]),
      description: 'a list of people',
    },
    grants: {
      type: 'array',
      items: closed(
        {
          person: ID,
          role: NAME,
          environments: ENVIRONMENT_NAMES,
          until: {
            type: 'string',
            pattern: '^\\d{4}-\\d{2}-\\d{2}(?:T\\d{2}:\\d{2}:\\d{2}Z)?$',
            description: 'a day such as "2027-03-01", or a time such as "2027-03-01T18:00:00Z"',
          },
        },
        ['person', 'role'],
      ),
      description: 'a list of {person, role}',
    },
  },
  ['people'],
)
