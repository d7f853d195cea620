import { isObject } from '../base/json.ts'
import { MAX_JSON_DEPTH } from '../base/limits.ts'
import {
  ANYTHING,
  ATTRIBUTE,
  BOOLEAN,
  type Check,
  isIndex,
  isName,
  type Leaf,
  type Look,
  list,
  lookAt,
  malformed,
  NAME,
  report,
  shape,
} from './check.ts'
import { checkCondition, checkSealed, isRange, READ } from './check-condition.ts'
import { seedOf } from './hash.ts'
import { isScalars } from './operators/text.ts'
import type { Rule, Split } from './types.ts'

const TYPES = new Map<unknown, (value: unknown) => boolean>([
  ['boolean', value => typeof value === 'boolean'],
  ['string', value => typeof value === 'string'],
  ['integer', Number.isSafeInteger],
  ['number', Number.isFinite],
  ['json', value => isJson(value, 0)],
])

/** JSON.parse makes nothing but JSON; what is left to look at is the depth, and 1e400, which is read as Infinity. */
function isJson(value: unknown, depth: number): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || value === null) return true
  return depth < MAX_JSON_DEPTH && Object.values(value).every(member => isJson(member, depth + 1))
}

const INDEX: Leaf = { is: (value, check) => isIndex(value, check.variants), what: 'index' }

/** Told at the flag, and only where the variants are a list. */
const OFF: Leaf = {
  is: (off, { variants: count }, { type, variants }) =>
    !Array.isArray(variants) ||
    (count > 0 &&
      (off === null ? type !== 'boolean' : isIndex(off, count)) &&
      (type !== 'boolean' || variants[off as number]?.[1] === false)),
  what: 'off',
}

const checkVariants: Look = (check, variants, owner) => {
  const fits = TYPES.get((owner as Record<string, unknown>).type)
  const names = new Set<unknown>()
  if (Array.isArray(variants)) check.variants = variants.length
  list((inVariant, variant) => {
    const [name, value] = tuple(variant, 2)
    if (!isName(name)) malformed(inVariant, 'variant')
    else if (names.has(name)) malformed(inVariant, 'repeated')
    names.add(name)
    if (fits?.(value) === false) malformed(inVariant, 'mistyped')
  })(check, variants)
}

/** The items of a list of this length; of anything else none. */
function tuple(value: unknown, length: number): readonly unknown[] {
  return Array.isArray(value) && value.length === length ? value : []
}

const checkArms: Look = (check, arms) => {
  let end = 0
  list((inArm, arm) => {
    const [from, to, variant] = tuple(arm, 3)
    if (!isRange(from, to) || !isIndex(variant, check.variants)) {
      malformed(inArm, 'arm')
    } else if ((from as number) < end) malformed(inArm, 'disjoint')
    else end = to as number
  })(check, arms)
}

const OUTCOME = shape({
  'serve?': INDEX,
  'fallback?': { is: value => value === true, what: 'true' },
  'split?': shape({
    by: ATTRIBUTE,
    salt: NAME,
    arms: checkArms,
    rest: {
      is: (rest, check) => rest === 'next' || rest === 'fallback' || isIndex(rest, check.variants),
      what: 'rest',
      open: true,
    },
  }),
})

const checkOutcome: Look = (check, outcome) => {
  OUTCOME(check, outcome)
  if (Object.keys(Object(outcome)).length !== 1) malformed(check, 'outcome')
}

/** Condition and outcome are looked at behind the rest, and then held against each other. */
const RULE = shape({ id: NAME, 'experiment?': NAME, when: ANYTHING, then: ANYTHING, 'meta?': ANYTHING })

const checkRule: Look = (check, rule) => {
  RULE(check, rule)
  if (!isObject(rule)) return
  const before = check.flaws.length
  check.buckets = []
  lookAt(check, 'when', checkCondition, rule)
  lookAt(check, 'then', checkOutcome, rule)
  if (check.flaws.length === before) checkSalts(check, rule as unknown as Rule)
}

/** A split inside a slice of the same units, dealt with the same hash, would hand out one end of its arms only. */
function checkSalts(check: Check, { then }: Rule): void {
  const split = Object.hasOwn(then, 'split') ? (then as { split: Split }).split : undefined
  if (split === undefined) return
  for (const bucket of check.buckets) {
    // An attribute is a name or a list of names: [a] and a are one.
    if (JSON.stringify([bucket.by].flat()) !== JSON.stringify([split.by].flat())) continue
    if (bucket.salt === split.salt) report(check, 'same_salt', 'salt')
    else if (seedOf(bucket.salt) === seedOf(split.salt)) report(check, 'same_seed', 'seed')
  }
}

export const checkFlag = shape({
  on: BOOLEAN,
  type: { is: type => TYPES.has(type), what: 'type', open: true },
  variants: checkVariants,
  off: OFF,
  salt: NAME,
  'requires?': list(shape(READ)),
  rules: list(checkRule),
  otherwise: checkOutcome,
  'meta?': ANYTHING,
})

const LIST = shape({ sealed: checkSealed })

const checkList: Look = (check, list) => {
  if (isScalars(list)) return
  if (Array.isArray(list)) malformed(check, 'scalars')
  else LIST(check, list)
}

const SEGMENT = shape({
  'by?': ATTRIBUTE,
  'include?': checkList,
  'exclude?': checkList,
  'when?': checkCondition,
})

export function checkSegment(check: Check, segment: unknown): void {
  SEGMENT(check, segment)
  const has = (name: string) => Object.hasOwn(Object(segment), name)
  if ((has('include') || has('exclude')) && !has('by')) malformed(check, 'by')
}
