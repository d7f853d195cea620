import { BUCKETS, MAX_CONDITION_DEPTH, MAX_KEY_LENGTH } from '../base/limits.ts'
import type { Flaw } from './check.ts'
import type { LoadedPart } from './load.ts'
import { lookAt } from './loaded.ts'
import type { FaultCode } from './reasons.ts'

/** Something wrong in a part. It puts one flag or segment in error and leaves the others alone. */
export interface Problem {
  readonly code: FaultCode
  /** JSON pointer into the part. */
  readonly at: string
  readonly what: string
}

const INDEX = 'the index of a variant'

/** What must be, where something else is. `name` stands in the words of a member. */
const WORDS = {
  unknown: 'has a member that this engine does not know',
  list: 'must be a list',
  object: 'must be an object',
  object_of: 'must be an object of {name}',
  members: 'must have {name}',
  key_form: `a key must be 1 to ${MAX_KEY_LENGTH} of A-Z a-z 0-9 . _ -`,

  name: `\`{name}\` must be a text of 1 to ${MAX_KEY_LENGTH} code units`,
  names: '`{name}` must be a list of one name or more',
  key: '`{name}` must be a key',
  attribute: '`{name}` must be an attribute, which is a name or a list of names',
  boolean: '`{name}` must be true or false',
  true: '`{name}` must be true',
  type: '`{name}` must be boolean, string, integer, number, json',
  time: '`{name}` must be a time written YYYY-MM-DDTHH:MM:SSZ',
  range: `\`{name}\` must be whole and above \`from\`, 0 <= from < to <= ${BUCKETS}`,
  norm: '`{name}` must be "none" or "trim-lower"',
  seals: '`{name}` must be a list of seals of 32 lower-case hex digits',
  index: `\`{name}\` must be ${INDEX}`,
  off: `\`{name}\` must be ${INDEX}, or null; of a boolean flag the index of one that is false`,
  rest: `\`{name}\` must be "next", "fallback" or ${INDEX}`,

  nested: `conditions nest ${MAX_CONDITION_DEPTH} deep at most`,
  kind: 'must be of exactly one kind, with all its members',
  folds: '`ignoreCase` cannot stand beside `{name}`',
  operand: '`{name}` has an operand of the wrong form',

  variant: 'must be [name, value]',
  repeated: 'a name that another variant has',
  mistyped: 'must be of the type of the flag',
  outcome: 'must be one of serve, fallback, split',
  arm: `must be [from, to, variant] with 0 <= from < to <= ${BUCKETS}`,
  disjoint: 'arms ascend and are disjoint',
  salt: 'the split has the salt of a bucket condition above it',
  seed: 'the split has the hash of a salt above it',
  scalars: 'must hold strings, numbers and booleans',
  by: 'a segment with a list needs `by`',
} as const

export type What = keyof typeof WORDS

export function problemOf({ code, path, what, name }: Flaw): Problem {
  const at = path.map(step => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
  return { code, at, what: WORDS[what].replace('{name}', () => name) }
}

export function problemsOf({ flags, segments }: LoadedPart): Problem[] {
  return [...flags.values(), ...segments.values()].flatMap(one => lookAt<unknown>(one).flaws.map(problemOf))
}
