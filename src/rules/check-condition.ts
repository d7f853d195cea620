import { isObject } from '../base/json.ts'
import { BUCKETS, MAX_CONDITION_DEPTH } from '../base/limits.ts'
import { parseTime } from '../base/time.ts'
import {
  type Check,
  checkAttribute,
  checkSalt,
  each,
  inside,
  isKey,
  isNames,
  isShape,
  malformed,
  report,
} from './check.ts'
import { isNorm, isSealed, operatorOf } from './operators.ts'

interface Kind {
  /** All members that such a condition has, `attr` apart, which has an operator beside it. */
  readonly members: readonly string[]
  readonly look: (check: Check, condition: Record<string, unknown>, depth: number) => void
}

/** One row for each kind of condition, by the member that names it. */
const KINDS: Readonly<Record<string, Kind>> = {
  attr: { members: ['attr'], look: checkComparison },
  all: { members: ['all'], look: (check, { all }, depth) => nested(check, 'all', all, depth) },
  any: { members: ['any'], look: (check, { any }, depth) => nested(check, 'any', any, depth) },
  not: {
    members: ['not'],
    look: (check, condition, depth) => inside(check, 'not', condition.not, deeper(depth)),
  },
  assume: {
    members: ['assume', 'of'],
    look(check, { assume, of }, depth) {
      if (typeof assume !== 'boolean') malformed(check, '`assume` must be true or false')
      inside(check, 'of', of, deeper(depth))
    },
  },
  segment: {
    members: ['segment'],
    look(check, { segment }) {
      if (!isKey(segment)) malformed(check, '`segment` must be a key')
      else check.segments = [...(check.segments ?? []), segment]
    },
  },
  flag: { members: ['flag', 'is'], look: checkRead },
  bucket: { members: ['bucket'], look: (check, { bucket }) => inside(check, 'bucket', bucket, checkBucket) },
  from: { members: ['from'], look: (check, { from }) => checkTime(check, from) },
  until: { members: ['until'], look: (check, { until }) => checkTime(check, until) },
}
const MEMBERS = new Set(['ignoreCase', ...Object.values(KINDS).flatMap(kind => kind.members)])

export function checkCondition(check: Check, condition: unknown, depth = 0): void {
  if (depth >= MAX_CONDITION_DEPTH) malformed(check, `conditions are nested deeper than ${MAX_CONDITION_DEPTH}`)
  else if (!isObject(condition)) malformed(check, 'a condition must be an object')
  else checkKinds(check, condition, depth)
}

/** A condition of two kinds is wrong, and still both are looked into: a newer form somewhere says more than that. */
function checkKinds(check: Check, condition: Record<string, unknown>, depth: number): void {
  const kinds: string[] = []
  let operators = 0
  for (const name of Object.keys(condition)) {
    if (operatorOf(name) !== undefined) operators++
    else if (!MEMBERS.has(name)) report(check, 'newer_rules', 'a condition has a member that this engine does not know')
    if (Object.hasOwn(KINDS, name)) {
      kinds.push(name)
      KINDS[name]!.look(check, condition, depth)
    }
  }
  const [kind] = kinds
  const members = Object.keys(condition).length
  const isOne =
    kind === 'attr'
      ? operators === 1 && members === (Object.hasOwn(condition, 'ignoreCase') ? 3 : 2)
      : kind !== undefined &&
        KINDS[kind]!.members.every(name => Object.hasOwn(condition, name)) &&
        members === KINDS[kind]!.members.length
  if (kinds.length !== 1 || !isOne) malformed(check, 'a condition must be of exactly one kind')
}

function deeper(depth: number): (check: Check, condition: unknown) => void {
  return (check, condition) => checkCondition(check, condition, depth + 1)
}

function nested(check: Check, name: string, list: unknown, depth: number): void {
  each(check, name, list, `\`${name}\``, deeper(depth))
}

function checkComparison(check: Check, condition: Record<string, unknown>): void {
  checkAttribute(check, condition.attr)
  const folds = Object.hasOwn(condition, 'ignoreCase')
  if (folds && typeof condition.ignoreCase !== 'boolean') malformed(check, '`ignoreCase` must be true or false')
  for (const [name, operand] of Object.entries(condition)) {
    const operator = operatorOf(name)
    if (operator === undefined) continue
    if (folds && operator.folds === undefined) malformed(check, `\`ignoreCase\` cannot stand beside \`${name}\``)
    if (name === 'sealed') checkSealed(check, operand)
    else if (!operator.valid(operand)) malformed(check, `\`${name}\` has an operand of the wrong form`)
    else if (name === 'matches') check.patterns = [...(check.patterns ?? []), operand as string]
  }
}

/** The one operand that is an object, and so may have a newer form. */
export function checkSealed(check: Check, sealed: unknown): void {
  if (!isShape(check, sealed, '`sealed`', ['key', 'norm', 'values'], [])) return
  if (isSealed(sealed)) check.secrets = [...(check.secrets ?? []), sealed.key]
  else if (typeof sealed.norm === 'string' && !isNorm(sealed.norm)) {
    report(check, 'newer_rules', '`norm` is not one that this engine knows')
  } else malformed(check, '`sealed` has an operand of the wrong form')
}

/** `{flag, is}`, in a condition or a requirement. */
export function checkRead(check: Check, { flag, is }: Record<string, unknown>): void {
  if (!isKey(flag)) malformed(check, '`flag` must be a key')
  else check.flags = [...(check.flags ?? []), flag]
  isNames(check, is, '`is`')
}

function checkTime(check: Check, time: unknown): void {
  if (parseTime(time) === undefined) malformed(check, 'a time must be written YYYY-MM-DDTHH:MM:SSZ')
}

function checkBucket(check: Check, bucket: unknown): void {
  if (!isShape(check, bucket, 'a bucket condition', ['by', 'salt', 'from', 'to'], [])) return
  checkAttribute(check, bucket.by)
  checkSalt(check, bucket.salt)
  if (!isRange(bucket.from, bucket.to)) malformed(check, `a range needs 0 <= from < to <= ${BUCKETS}`)
}

export function isRange(from: unknown, to: unknown): boolean {
  return (
    Number.isInteger(from) &&
    Number.isInteger(to) &&
    0 <= Number(from) &&
    Number(from) < Number(to) &&
    Number(to) <= BUCKETS
  )
}
