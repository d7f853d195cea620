import { BUCKETS, MAX_CONDITION_DEPTH } from '../base/limits.ts'
import { parseTime } from '../base/time.ts'
import { type Check, checkAttribute, each, inside, isNames, isShape, malformed, report } from './check.ts'
import { operatorOf } from './operators.ts'
import type { Sealed } from './types.ts'

interface Kind {
  readonly required: readonly string[]
  readonly look: (check: Check, condition: Record<string, unknown>, depth: number) => void
}

/** One row for each kind of condition but the comparison, by the member that names it. */
const KINDS: Readonly<Record<string, Kind>> = {
  all: { required: ['all'], look: (check, { all }, depth) => nested(check, 'all', all, depth) },
  any: { required: ['any'], look: (check, { any }, depth) => nested(check, 'any', any, depth) },
  not: {
    required: ['not'],
    look: (check, condition, depth) => inside(check, 'not', condition.not, deeper(depth)),
  },
  assume: {
    required: ['assume', 'of'],
    look(check, { assume, of }, depth) {
      if (typeof assume !== 'boolean') malformed(check, '`assume` must be true or false')
      inside(check, 'of', of, deeper(depth))
    },
  },
  segment: {
    required: ['segment'],
    look(check, { segment }) {
      if (typeof segment !== 'string') malformed(check, '`segment` must be a key')
      else check.segments = [...(check.segments ?? []), segment]
    },
  },
  flag: { required: ['flag', 'is'], look: checkRead },
  bucket: { required: ['bucket'], look: (check, { bucket }) => inside(check, 'bucket', bucket, checkBucket) },
  from: { required: ['from'], look: (check, { from }) => checkTime(check, from) },
  until: { required: ['until'], look: (check, { until }) => checkTime(check, until) },
}
const KIND_NAMES = Object.keys(KINDS)
const MEMBERS = new Set(['attr', 'ignoreCase', ...KIND_NAMES, ...Object.values(KINDS).flatMap(kind => kind.required)])

export function checkCondition(check: Check, condition: unknown, depth = 0): void {
  if (depth > MAX_CONDITION_DEPTH) return malformed(check, `conditions are nested deeper than ${MAX_CONDITION_DEPTH}`)
  if (typeof condition !== 'object' || condition === null || Array.isArray(condition)) {
    return malformed(check, 'a condition must be an object')
  }
  const names = Object.keys(condition)
  const members = condition as Record<string, unknown>
  if (names.includes('attr')) return checkComparison(check, members, names)
  if (names.some(name => !MEMBERS.has(name) && operatorOf(name) === undefined)) {
    return report(check, 'newer_rules', 'a condition has a member that this engine does not know')
  }
  const kind = KIND_NAMES.find(name => names.includes(name))
  const row = kind === undefined ? undefined : KINDS[kind]!
  if (row === undefined || names.length !== row.required.length || !row.required.every(name => names.includes(name))) {
    return malformed(check, 'a condition must be of exactly one kind')
  }
  row.look(check, members, depth)
}

function deeper(depth: number): (check: Check, condition: unknown) => void {
  return (check, condition) => checkCondition(check, condition, depth + 1)
}

function nested(check: Check, name: string, list: unknown, depth: number): void {
  each(check, name, list, `\`${name}\``, deeper(depth))
}

function checkComparison(check: Check, members: Record<string, unknown>, names: readonly string[]): void {
  checkAttribute(check, members.attr)
  let operators = 0
  for (const name of names) {
    if (name === 'attr' || name === 'ignoreCase') continue
    const operator = operatorOf(name)
    if (operator === undefined) {
      if (MEMBERS.has(name)) malformed(check, 'a condition must be of exactly one kind')
      else report(check, 'newer_rules', 'a comparison has an operator that this engine does not know')
      continue
    }
    operators++
    const operand = members[name]
    if (!operator.valid(operand)) {
      malformed(check, `\`${name}\` has an operand of the wrong form`)
      continue
    }
    if (name === 'matches') check.usesRegex = true
    if (name === 'sealed') readSecret(check, operand as Sealed)
    if (names.includes('ignoreCase') && operator.folds === undefined) {
      malformed(check, `\`ignoreCase\` cannot stand beside \`${name}\``)
    }
  }
  if (names.includes('ignoreCase') && typeof members.ignoreCase !== 'boolean') {
    malformed(check, '`ignoreCase` must be true or false')
  }
  if (operators !== 1 && check.fault === undefined) malformed(check, 'a comparison must have exactly one operator')
}

export function readSecret(check: Check, sealed: Sealed): void {
  check.secrets = [...(check.secrets ?? []), sealed.key]
}

/** `{flag, is}`, in a condition or a requirement. */
export function checkRead(check: Check, { flag, is }: Record<string, unknown>): void {
  if (typeof flag !== 'string') malformed(check, '`flag` must be a key')
  else check.flags = [...(check.flags ?? []), flag]
  isNames(check, is, '`is`')
}

function checkTime(check: Check, time: unknown): void {
  if (parseTime(time) === undefined) malformed(check, 'a time must be written YYYY-MM-DDTHH:MM:SSZ')
}

function checkBucket(check: Check, bucket: unknown): void {
  if (!isShape(check, bucket, 'a bucket condition', ['by', 'salt', 'from', 'to'], [])) return
  checkAttribute(check, bucket.by)
  if (typeof bucket.salt !== 'string') malformed(check, 'a salt must be a string')
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
