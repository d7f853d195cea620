import { isObject } from '../base/json.ts'
import { BUCKETS, MAX_CONDITION_DEPTH } from '../base/limits.ts'
import { parseTime } from '../base/time.ts'
import {
  ANYTHING,
  ATTRIBUTE,
  BOOLEAN,
  type Check,
  collect,
  isIndex,
  isName,
  keyOf,
  type Leaf,
  list,
  lookAt,
  type Member,
  malformed,
  NAME,
  NAMES,
  report,
  shape,
} from './check.ts'
import { isNorm, isSeals, operatorOf } from './operators.ts'
import type { Bucket } from './types.ts'

/** `{flag, is}`, in a condition or a requirement. */
export const READ = { flag: keyOf('flags'), is: NAMES }

const TIME: Leaf = {
  is: (value, check) => {
    const time = parseTime(value)
    return time !== undefined && collect(check, 'times', time)
  },
  what: 'time',
}
const RANGE: Leaf = {
  is: (to, _, { from }) => isRange(from, to),
  what: 'range',
}

const BUCKET = shape({ by: ATTRIBUTE, salt: NAME, from: ANYTHING, to: RANGE })

/** One row for each kind of condition, by the member that names it: all members that it has. */
const KINDS = new Map<string, readonly (readonly [string, Member])[]>(
  Object.entries({
    attr: { attr: ATTRIBUTE },
    all: { all: list(checkCondition) },
    any: { any: list(checkCondition) },
    not: { not: checkCondition },
    assume: { assume: BOOLEAN, of: checkCondition },
    segment: { segment: keyOf('segments') },
    flag: READ,
    bucket: { bucket: checkBucket },
    from: { from: TIME },
    until: { until: TIME },
  }).map(([kind, members]) => [kind, Object.entries<Member>(members)]),
)

function checkBucket(check: Check, bucket: unknown): void {
  BUCKET(check, bucket)
  check.buckets.push(bucket as Bucket)
}

/** Members that name no kind. */
const BESIDE = new Set(['of', 'is', 'ignoreCase'])

/** A condition of two kinds is wrong, and still both are looked into: a newer form somewhere says more than that. */
export function checkCondition(check: Check, condition: unknown): void {
  if (check.depth >= MAX_CONDITION_DEPTH) malformed(check, 'nested')
  else if (!isObject(condition)) malformed(check, 'object')
  else checkKinds(check, condition)
}

function checkKinds(check: Check, condition: Record<string, unknown>): void {
  check.depth++
  const names = Object.keys(condition)
  const compares = Object.hasOwn(condition, 'attr')
  let kinds = 0
  let operators = 0
  /** Members that do not belong to the kind; no number where one is missing that does. */
  let others = names.length - (compares && Object.hasOwn(condition, 'ignoreCase') ? 1 : 0)
  for (const name of names) {
    const members = KINDS.get(name)
    if (members !== undefined) {
      kinds++
      for (const [member, one] of members) {
        others -= Object.hasOwn(condition, member) ? 1 : Number.NaN
        lookAt(check, member, one, condition)
      }
    } else if (operatorOf(name) !== undefined) operators++
    else if (!BESIDE.has(name)) report(check, 'newer_rules', 'unknown')
  }
  if (compares) checkOperands(check, condition)
  if (kinds !== 1 || others !== operators || operators !== Number(compares)) {
    malformed(check, 'kind')
  }
  check.depth--
}

function checkOperands(check: Check, condition: Record<string, unknown>): void {
  const folds = Object.hasOwn(condition, 'ignoreCase')
  if (folds) lookAt(check, 'ignoreCase', BOOLEAN, condition)
  for (const [name, operand] of Object.entries(condition)) {
    const operator = operatorOf(name)
    if (operator === undefined) continue
    if (folds && !operator.folds) malformed(check, 'folds', name)
    if (name === 'sealed') checkSealed(check, operand)
    else if (!operator.valid(operand)) malformed(check, 'operand', name)
    else if (name === 'matches') collect(check, 'patterns', operand as string)
  }
}

/** The one operand that is an object, and so may have a newer form. */
export const checkSealed = shape({
  key: { is: (key, check) => isName(key) && collect(check, 'secrets', key), what: 'name' },
  norm: { is: isNorm, what: 'norm', open: true },
  values: { is: isSeals, what: 'seals' },
})

export function isRange(from: unknown, to: unknown): boolean {
  return isIndex(to, BUCKETS + 1) && isIndex(from, to as number)
}
