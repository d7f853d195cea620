import type { Json } from '../../base/json.ts'

export type Schema = { readonly [keyword: string]: Json }

export const KEY = {
  type: 'string',
  pattern: '^(?!__proto__$)[A-Za-z0-9._-]{1,128}$',
  description: '1 to 128 letters, digits, dots, underscores and hyphens',
} as const
export const ID = {
  type: 'string',
  pattern: '^[a-z0-9][a-z0-9-]{0,62}$',
  description: '1 to 63 lower-case letters, digits and hyphens, not starting with a hyphen',
} as const
export const NAME = {
  type: 'string',
  minLength: 1,
  maxLength: 128,
  description: 'a name of 1 to 128 characters',
} as const
export const TEXT = { type: 'string', description: 'a text' } as const
export const SALT = {
  type: 'string',
  minLength: 1,
  maxLength: 128,
  description: 'a salt of 1 to 128 characters',
} as const
export const TIME = {
  type: 'string',
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z$',
  description: 'a time such as "2026-12-01T09:00:00Z"',
} as const
export const DAY = {
  type: 'string',
  pattern: '^\\d{4}-\\d{2}-\\d{2}$',
  description: 'a day such as "2027-03-01"',
} as const
export const PERCENT = {
  type: 'number',
  minimum: 0,
  maximum: 100,
  multipleOf: 0.001,
  description: 'a percentage from 0 to 100 with at most three decimals',
} as const
export const BUCKET = {
  type: 'integer',
  minimum: 0,
  maximum: 100_000,
  description: 'a bucket from 0 to 100000',
} as const
export const VARIANT_NAME = { type: ['string', 'boolean'], description: 'the name of a variant' } as const
export const UNITS = {
  type: 'array',
  items: { type: ['string', 'integer'], description: 'a unit: a string or a whole number' },
  description: 'a list of units',
} as const
export const ENVIRONMENT_NAMES = { type: 'array', items: ID, description: 'a list of environments' } as const

/** A mapping that takes no other members. */
export function closed(
  properties: Readonly<Record<string, Json>>,
  required: readonly string[],
  more: Schema = {},
): Schema {
  return { type: 'object', properties, required, additionalProperties: false, ...more }
}

/** Files carry a `$schema` member in JSON, where no comment can name it for editors. */
export function fileSchema(
  title: string,
  properties: Readonly<Record<string, Json>>,
  required: readonly string[],
  defs: Readonly<Record<string, Json>> = {},
): Schema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title,
    ...closed({ $schema: { type: 'string' }, ...properties }, required),
    ...(Object.keys(defs).length > 0 ? { $defs: defs } : {}),
  }
}
