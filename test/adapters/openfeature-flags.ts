import type { Json } from '../../src/base/json.ts'

type Variants = readonly (readonly [name: string, value: Json])[]

const flag = (type: string, variants: Variants, serve: number, more: object = {}) => ({
  on: true,
  type,
  variants,
  off: type === 'boolean' ? variants.findIndex(one => one[1] === false) : null,
  salt: 's',
  rules: [],
  otherwise: { serve },
  ...more,
})

/** `email == 'ballmer@macrosoft.com' ? 'zero' : ''` of the suite's flags, by hand. */
const ballmer = {
  rules: [{ id: 'ballmer', when: { attr: 'email', eq: 'ballmer@macrosoft.com' }, then: { serve: 0 } }],
}
const ON_OFF: Variants = [
  ['on', true],
  ['off', false],
]
const TEMPLATE = { imagesPerPage: 100, showImages: true, title: 'Check out these pics!' }
const zero = (value: Json, other: Json): Variants => [
  ['zero', value],
  ['non-zero', other],
]

/** The flags of the OpenFeature evaluation suite, written for this engine. */
export const SUITE_FLAGS: Readonly<Record<string, Json>> = {
  'boolean-flag': flag('boolean', ON_OFF, 0),
  'string-flag': flag(
    'string',
    [
      ['greeting', 'hi'],
      ['parting', 'bye'],
    ],
    0,
  ),
  'integer-flag': flag(
    'integer',
    [
      ['one', 1],
      ['ten', 10],
    ],
    1,
  ),
  'float-flag': flag(
    'number',
    [
      ['tenth', 0.1],
      ['half', 0.5],
    ],
    1,
  ),
  'object-flag': flag(
    'json',
    [
      ['empty', {}],
      ['template', TEMPLATE],
    ],
    1,
  ),
  'boolean-zero-flag': flag('boolean', zero(false, true), 0),
  'string-zero-flag': flag('string', zero('', 'str'), 0),
  'integer-zero-flag': flag('integer', zero(0, 1), 0),
  'float-zero-flag': flag('number', zero(0, 1), 0),
  'object-zero-flag': flag('json', zero({}, TEMPLATE), 0),
  'boolean-targeted-zero-flag': flag('boolean', zero(false, true), 0, ballmer),
  'string-targeted-zero-flag': flag('string', zero('', 'str'), 0, ballmer),
  'integer-targeted-zero-flag': flag('integer', zero(0, 1), 0, ballmer),
  'float-targeted-zero-flag': flag('number', zero(0, 1), 0, ballmer),
  'object-targeted-zero-flag': flag('json', zero({}, TEMPLATE), 0, ballmer),
  // `!customer ? 'internal' : ''`, by hand: an absent customer is no customer only where the rule says so.
  'context-aware': flag(
    'string',
    [
      ['internal', 'INTERNAL'],
      ['external', 'EXTERNAL'],
    ],
    1,
    {
      rules: [{ id: 'internal', when: { attr: 'customer', in: [false] }, then: { serve: 0 } }],
    },
  ),
  'wrong-flag': flag(
    'string',
    [
      ['one', 'uno'],
      ['two', 'dos'],
    ],
    0,
  ),
  'metadata-flag': flag('boolean', ON_OFF, 0, { meta: { string: '1.0.2', integer: 2, float: 0.1, boolean: true } }),
  'boolean-disabled-flag': flag('boolean', ON_OFF, 0, { on: false }),
  'string-disabled-flag': flag('string', [['greeting', 'hi']], 0, { on: false }),
}
