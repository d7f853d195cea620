import { BUCKETS, MAX_JSON_DEPTH } from '../base/limits.ts'
import {
  type Check,
  checkAttribute,
  checkSalt,
  each,
  inside,
  isName,
  isShape,
  malformed,
  report,
  sameAttribute,
} from './check.ts'
import { checkCondition, checkRead, checkSealed, isRange } from './check-condition.ts'
import { seedOf } from './hash.ts'
import { isScalars } from './operators/text.ts'
import type { Bucket, Split } from './types.ts'

const FLAG = ['on', 'type', 'variants', 'off', 'salt', 'rules', 'otherwise']
const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  boolean: value => typeof value === 'boolean',
  string: value => typeof value === 'string',
  integer: Number.isSafeInteger,
  number: Number.isFinite,
  json: value => isJson(value, 0),
}

/** JSON.parse makes nothing but JSON; what is left to look at is the depth, and 1e400, which is read as Infinity. */
function isJson(value: unknown, depth: number): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || value === null) return true
  return depth < MAX_JSON_DEPTH && Object.values(value).every(member => isJson(member, depth + 1))
}

export function checkFlag(check: Check, flag: unknown): void {
  if (!isShape(check, flag, 'a flag', FLAG, ['requires', 'meta'])) return
  if (typeof flag.on !== 'boolean') malformed(check, '`on` must be true or false')
  checkSalt(check, flag.salt)
  const count = checkVariants(check, flag)
  if (Object.hasOwn(flag, 'requires')) each(check, 'requires', flag.requires, '`requires`', checkRequirement)
  each(check, 'rules', flag.rules, '`rules`', (inRule, rule) => checkRule(inRule, rule, count))
  inside(check, 'otherwise', flag.otherwise, (inOutcome, outcome) => checkOutcome(inOutcome, outcome, count))
}

/** The number of variants; 0 where they are no list. */
function checkVariants(check: Check, { type, variants, off }: Record<string, unknown>): number {
  const fits = typeof type === 'string' && Object.hasOwn(TYPES, type) ? TYPES[type] : undefined
  if (fits === undefined) {
    if (typeof type === 'string') report(check, 'newer_rules', 'the type is not one that this engine knows')
    else malformed(check, '`type` must be a string')
  }
  const names = new Set<unknown>()
  each(check, 'variants', variants, '`variants`', (inVariant, variant) => {
    const pair = Array.isArray(variant) && variant.length === 2 ? (variant as unknown[]) : []
    const [name, value] = pair
    if (!isName(name)) malformed(inVariant, 'a variant must be [name, value]')
    else if (names.has(name)) malformed(inVariant, 'two variants have one name')
    names.add(name)
    if (fits !== undefined && !fits(value)) malformed(inVariant, 'the value is not of the type of the flag')
  })
  if (!Array.isArray(variants)) return 0
  if (variants.length === 0) malformed(check, 'a flag must have a variant')
  if (off !== null && !isIndex(off, variants.length)) malformed(check, '`off` must be the index of a variant, or null')
  else if (type === 'boolean' && (off === null || variants[Number(off)]?.[1] !== false)) {
    malformed(check, 'a boolean flag must have a variant that is false for its `off`')
  }
  return variants.length
}

function isIndex(value: unknown, count: number): boolean {
  return Number.isInteger(value) && 0 <= Number(value) && Number(value) < count
}

function checkRequirement(check: Check, requirement: unknown): void {
  if (isShape(check, requirement, 'a requirement', ['flag', 'is'], [])) checkRead(check, requirement)
}

function checkRule(check: Check, rule: unknown, count: number): void {
  if (!isShape(check, rule, 'a rule', ['id', 'when', 'then'], ['experiment', 'meta'])) return
  if (!isName(rule.id)) malformed(check, 'a rule must have an id')
  if (Object.hasOwn(rule, 'experiment') && !isName(rule.experiment)) malformed(check, '`experiment` must be a name')
  const before = check.problems.length
  inside(check, 'when', rule.when, (inWhen, when) => checkCondition(inWhen, when))
  inside(check, 'then', rule.then, (inOutcome, outcome) => checkOutcome(inOutcome, outcome, count))
  if (check.problems.length === before) checkSalts(check, rule.when, rule.then as { split?: Split })
}

/** A split inside a slice of the same units, dealt with the same hash, would hand out one end of its arms only. */
function checkSalts(check: Check, when: unknown, then: { split?: Split }): void {
  const split = Object.hasOwn(then, 'split') ? then.split : undefined
  if (split === undefined) return
  for (const bucket of bucketsOf(when)) {
    if (!sameAttribute(bucket.by, split.by)) continue
    if (bucket.salt === split.salt) report(check, 'same_salt', 'the split has the salt of a bucket condition above it')
    else if (seedOf(bucket.salt) === seedOf(split.salt)) {
      report(check, 'same_seed', 'the salts of the split and of a bucket condition above it have one hash')
    }
  }
}

function bucketsOf(condition: unknown): Bucket[] {
  if (Array.isArray(condition)) return condition.flatMap(bucketsOf)
  if (typeof condition !== 'object' || condition === null) return []
  const [name, value] = Object.entries(condition)[0] ?? []
  if (name === 'bucket') return [value as Bucket]
  if (name === 'assume' || name === 'of') return bucketsOf((condition as { of: unknown }).of)
  return name === 'all' || name === 'any' || name === 'not' ? bucketsOf(value) : []
}

const OUTCOMES = ['serve', 'fallback', 'split']

function checkOutcome(check: Check, outcome: unknown, count: number): void {
  if (!isShape(check, outcome, 'an outcome', [], OUTCOMES)) return
  if (Object.keys(outcome).length !== 1) malformed(check, 'an outcome must be one of serve, fallback, split')
  if (Object.hasOwn(outcome, 'serve') && !isIndex(outcome.serve, count)) {
    malformed(check, '`serve` must be the index of a variant')
  }
  if (Object.hasOwn(outcome, 'fallback') && outcome.fallback !== true) malformed(check, '`fallback` must be true')
  if (Object.hasOwn(outcome, 'split')) {
    inside(check, 'split', outcome.split, (inSplit, split) => checkSplit(inSplit, split, count))
  }
}

function checkSplit(check: Check, split: unknown, count: number): void {
  if (!isShape(check, split, 'a split', ['by', 'salt', 'arms', 'rest'], [])) return
  checkAttribute(check, split.by)
  checkSalt(check, split.salt)
  if (split.rest !== 'next' && split.rest !== 'fallback' && !isIndex(split.rest, count)) {
    const code = typeof split.rest === 'string' ? 'newer_rules' : 'malformed'
    report(check, code, '`rest` must be "next", "fallback" or the index of a variant')
  }
  let end = 0
  each(check, 'arms', split.arms, '`arms`', (inArm, arm) => {
    const [from, to, variant] = Array.isArray(arm) && arm.length === 3 ? (arm as unknown[]) : []
    if (!isRange(from, to) || !isIndex(variant, count)) {
      malformed(inArm, `an arm must be [from, to, variant] with 0 <= from < to <= ${BUCKETS}`)
    } else if (Number(from) < end) malformed(inArm, 'arms must be sorted and disjoint')
    else end = Number(to)
  })
}

export function checkSegment(check: Check, segment: unknown): void {
  if (!isShape(check, segment, 'a segment', [], ['by', 'include', 'exclude', 'when'])) return
  const listed = Object.hasOwn(segment, 'include') || Object.hasOwn(segment, 'exclude')
  if (Object.hasOwn(segment, 'by')) checkAttribute(check, segment.by)
  else if (listed) malformed(check, 'a segment with a list needs `by`')
  for (const name of ['include', 'exclude']) {
    if (Object.hasOwn(segment, name)) inside(check, name, segment[name], checkList)
  }
  if (Object.hasOwn(segment, 'when'))
    inside(check, 'when', segment.when, (inWhen, when) => checkCondition(inWhen, when))
}

function checkList(check: Check, list: unknown): void {
  if (isScalars(list)) return
  if (Array.isArray(list)) malformed(check, 'a segment list must hold strings, numbers and booleans')
  else if (isShape(check, list, 'a segment list', ['sealed'], [])) inside(check, 'sealed', list.sealed, checkSealed)
}
