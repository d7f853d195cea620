import { isObject } from '../base/json.ts'
import { MAX_MATCH_UNITS, MAX_PATTERN_UNITS } from '../base/limits.ts'
import { isMissing, plain } from './attributes.ts'
import { FALSE, type Test, TRUE, type Tri, tri, UNKNOWN } from './kleene.ts'
import { contains, parseAddress, parseNetwork } from './operators/cidr.ts'
import { parseInstant } from './operators/instant.ts'
import { parseRange, rangeTest } from './operators/range.ts'
import { SEMVER } from './operators/semver.ts'
import { fold, isScalar, isScalars, isStrings, memberTest, ownStringTest, textTest } from './operators/text.ts'
import { VERSION } from './operators/version.ts'
import type { RegexEngine } from './regex.ts'
import type { Secret } from './sealed.ts'
import { sealer } from './sealed.ts'
import type { AttributeName, OperatorName, Scalar, Sealed } from './types.ts'

/** What a comparison brings along besides its operand. */
export interface Surroundings {
  readonly attribute: AttributeName
  readonly ignoreCase: boolean
  readonly regex: RegexEngine | undefined
  readonly secret: (name: string) => Secret | undefined
}

/** Takes an attribute's value, Dates already being numbers. Missing and mistyped values are unknown. */
export type ValueTest = (value: unknown) => Tri

interface Operator<Operand> {
  /** Whether an operand from JSON has the right shape. */
  readonly valid: (operand: unknown) => operand is Operand
  /** Parses the operand once. What it needs is there: `faultOf` looked for it before. */
  readonly compile: (operand: Operand, around: Surroundings) => ValueTest
  /** The reading of the attribute and the test in one, where there is such a form. */
  readonly fuse?: (operand: Operand, around: Surroundings) => Test | undefined
  /** `ignoreCase` may stand beside it. */
  readonly folds?: true
}

const isPattern = (operand: unknown): operand is string =>
  typeof operand === 'string' && operand.length <= MAX_PATTERN_UNITS
const isString = (operand: unknown): operand is string => typeof operand === 'string'
const isNumber = (operand: unknown): operand is number => Number.isFinite(operand)
const isBoolean = (operand: unknown): operand is boolean => typeof operand === 'boolean'

/** One row for each operator. */
const OPERATORS = {
  eq: row<Scalar>({
    valid: isScalar,
    compile: (operand, { ignoreCase }) => memberTest([operand], ignoreCase),
    fuse: (operand, { attribute, ignoreCase }) => ownStringTest(attribute, [operand], ignoreCase),
    folds: true,
  }),
  in: row<readonly Scalar[]>({
    valid: isScalars,
    compile: (operand, { ignoreCase }) => memberTest(operand, ignoreCase),
    fuse: (operand, { attribute, ignoreCase }) => ownStringTest(attribute, operand, ignoreCase),
    folds: true,
  }),
  has: row<readonly Scalar[]>({ valid: isScalars, compile: hasTest, folds: true }),
  startsWith: row<readonly string[]>({
    valid: isStrings,
    compile: (operand, { ignoreCase }) => textTest(operand, ignoreCase, (text, part) => text.startsWith(part)),
    folds: true,
  }),
  endsWith: row<readonly string[]>({
    valid: isStrings,
    compile: (operand, { ignoreCase }) => textTest(operand, ignoreCase, (text, part) => text.endsWith(part)),
    folds: true,
  }),
  contains: row<readonly string[]>({
    valid: isStrings,
    compile: (operand, { ignoreCase }) => textTest(operand, ignoreCase, (text, part) => text.includes(part)),
    folds: true,
  }),
  lt: row<number>({ valid: isNumber, compile: operand => numberTest(value => value < operand) }),
  lte: row<number>({ valid: isNumber, compile: operand => numberTest(value => value <= operand) }),
  gt: row<number>({ valid: isNumber, compile: operand => numberTest(value => value > operand) }),
  gte: row<number>({ valid: isNumber, compile: operand => numberTest(value => value >= operand) }),
  before: row<string>({
    valid: isInstant,
    compile: operand => instantTest(operand, (value, limit) => value < limit),
  }),
  after: row<string>({
    valid: isInstant,
    compile: operand => instantTest(operand, (value, limit) => value > limit),
  }),
  semver: row<string>({
    valid: (operand): operand is string => isString(operand) && parseRange(operand, SEMVER) !== undefined,
    compile: operand => rangeTest(operand, SEMVER),
  }),
  version: row<string>({
    valid: (operand): operand is string => isString(operand) && parseRange(operand, VERSION) !== undefined,
    compile: operand => rangeTest(operand, VERSION),
  }),
  cidr: row<readonly string[]>({
    valid: (operand): operand is readonly string[] =>
      isStrings(operand) && operand.every(text => parseNetwork(text) !== undefined),
    compile: cidrTest,
  }),
  matches: row<string>({ valid: isPattern, compile: matchesTest }),
  /** Its members are looked at one by one, because they may have newer forms. */
  sealed: row<Sealed>({ valid: (operand): operand is Sealed => isObject(operand), compile: sealedTest }),
  exists: row<boolean>({ valid: isBoolean, compile: operand => value => tri(isMissing(value) !== operand) }),
} as const satisfies Readonly<Record<OperatorName, Operator<unknown>>>

const BY_NAME: ReadonlyMap<string, Operator<unknown>> = new Map(Object.entries(OPERATORS))

export function operatorOf(name: string): Operator<unknown> | undefined {
  return BY_NAME.get(name)
}

/** The table is one type for all rows; `valid` is what makes the operand fit `compile` again. */
function row<Operand>(operator: Operator<Operand>): Operator<unknown> {
  return Object.assign(Object.create(null), operator) as Operator<unknown>
}

function numberTest(compare: (value: number) => boolean): ValueTest {
  return value => (typeof value === 'number' && Number.isFinite(value) ? tri(compare(value)) : UNKNOWN)
}

function isInstant(operand: unknown): operand is string {
  return isString(operand) && parseInstant(operand) !== undefined
}

function instantTest(operand: string, compare: (value: number, limit: number) => boolean): ValueTest {
  const limit = parseInstant(operand)!
  return value => {
    const instant = typeof value === 'string' ? parseInstant(value) : value
    return typeof instant === 'number' && Number.isFinite(instant) ? tri(compare(instant, limit)) : UNKNOWN
  }
}

function hasTest(operand: readonly Scalar[], { ignoreCase }: Surroundings): ValueTest {
  const wanted = new Set<unknown>(ignoreCase ? operand.map(one => fold(one)) : operand)
  return value => {
    if (!Array.isArray(value)) return UNKNOWN
    for (let i = 0; i < value.length; i++) {
      const element = plain(value[i])
      if (wanted.has(ignoreCase ? fold(element) : element)) return TRUE
    }
    return FALSE
  }
}

function cidrTest(operand: readonly string[]): ValueTest {
  const networks = operand.map(text => parseNetwork(text)!)
  return value => {
    const address = typeof value === 'string' ? parseAddress(value) : undefined
    return address === undefined ? UNKNOWN : tri(networks.some(network => contains(network, address)))
  }
}

function matchesTest(operand: string, { regex }: Surroundings): ValueTest {
  const search = regex!.compile(operand)
  return value => (typeof value === 'string' && value.length <= MAX_MATCH_UNITS ? tri(search(value)) : UNKNOWN)
}

const SEAL_FORM = /^[0-9a-f]{32}$/

export function isSeals(values: unknown): boolean {
  return isStrings(values) && values.every(value => SEAL_FORM.test(value))
}

export function isNorm(norm: unknown): norm is Sealed['norm'] {
  return norm === 'none' || norm === 'trim-lower'
}

export function sealedTest(
  operand: Sealed,
  { attribute, secret }: Omit<Surroundings, 'regex' | 'ignoreCase'>,
): ValueTest {
  const sealOf = sealer(secret(operand.key)!, attribute, operand.norm)
  const values = new Set(operand.values)
  return value => (typeof value === 'string' || isNumber(value) ? tri(values.has(sealOf(value))) : UNKNOWN)
}
