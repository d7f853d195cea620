import { parseTime } from '../base/time.ts'
import { own, placeOf, plain, read, unitOf } from './attributes.ts'
import { bucketOf, seedOf } from './hash.ts'
import { ALWAYS, all, any, FALSE, NEVER, not, type Test, TRUE, UNKNOWN } from './kleene.ts'
import { memberTest, ownStringTest } from './operators/text.ts'
import { operatorOf, sealedTest, type ValueTest } from './operators.ts'
import type { RegexEngine } from './regex.ts'
import type { Secret } from './sealed.ts'
import type { AttributeName, Bucket, Comparison, Condition, Requirement, Segment, SegmentList } from './types.ts'

/** What compiled conditions stand on; one for each flag or segment that is compiled. */
export interface Build {
  readonly regex: RegexEngine | undefined
  readonly secret: (name: string) => Secret | undefined
  /** Conditions on other flags and on segments come compiled from their cells. */
  readonly flagTest: (requirement: Requirement) => Test
  readonly segmentTest: (key: string) => Test
  /** Set by the first time condition. */
  timed: boolean
}

type Kind = 'attr' | 'all' | 'any' | 'not' | 'assume' | 'segment' | 'flag' | 'bucket' | 'from' | 'until'
type Of<K extends Kind> = Extract<Condition, { readonly [member in K]: unknown }>
type Compilers = { readonly [K in Kind]: (condition: Of<K>, build: Build) => Test }

/** One row for each kind of condition, by the member that names it. */
const COMPILERS: Compilers = {
  attr: comparison,
  all: (condition, build) => all(cheapestFirst(condition.all).map(one => compileCondition(one, build))),
  any: (condition, build) => any(cheapestFirst(condition.any).map(one => compileCondition(one, build))),
  not: (condition, build) => negation(compileCondition(condition.not, build)),
  assume: (condition, build) => assumption(condition.assume ? TRUE : FALSE, compileCondition(condition.of, build)),
  segment: (condition, build) => build.segmentTest(condition.segment),
  flag: (condition, build) => build.flagTest(condition),
  bucket: condition => bucketTest(condition.bucket),
  from: (condition, build) => fromTest(condition.from, build),
  until: (condition, build) => negation(fromTest(condition.until, build)),
}

/** The order is not observable, so what is likely to settle it for little comes first; otherwise as it was written. */
function cheapestFirst(conditions: readonly Condition[]): readonly Condition[] {
  return conditions.toSorted((a, b) => costOf(a) - costOf(b))
}

/** What is not listed comes last. */
const BY_COST = ['from', 'until', 'eq', 'in', 'attr', 'bucket', 'segment']

function costOf(condition: Condition): number {
  const cost = BY_COST.findIndex(name => Object.hasOwn(condition, name))
  return cost < 0 ? BY_COST.length : cost
}

/** Own members only: `in` would find what someone put on Object.prototype. */
export function compileCondition(condition: Condition, build: Build): Test {
  const kind = Object.keys(condition).find(name => Object.hasOwn(COMPILERS, name)) as Kind
  return (COMPILERS[kind] as (condition: Condition, build: Build) => Test)(condition, build)
}

function comparison(condition: Comparison, { regex, secret }: Build): Test {
  const ignoreCase = own(condition, 'ignoreCase') === true
  const [name, operand] = Object.entries(condition).find(([name]) => operatorOf(name) !== undefined)!
  const operator = operatorOf(name)!
  const around = { attribute: condition.attr, ignoreCase, regex, secret }
  return operator.fuse?.(operand, around) ?? attributeTest(condition.attr, operator.compile(operand, around))
}

function attributeTest(attribute: AttributeName, test: ValueTest): Test {
  if (typeof attribute === 'string') {
    return context => {
      const value = own(context, attribute)
      return test(typeof value === 'object' ? plain(value) : value)
    }
  }
  const place = placeOf(attribute)
  return context => test(plain(read(context, place)))
}

function negation(test: Test): Test {
  return (context, now) => not(test(context, now))
}

function assumption(verdict: typeof TRUE | typeof FALSE, test: Test): Test {
  return (context, now) => {
    const known = test(context, now)
    return known === UNKNOWN ? verdict : known
  }
}

/** Rules name whole seconds, and so does `now`: small integers cost no allocation. */
function fromTest(time: string, build: Build): Test {
  build.timed = true
  const start = parseTime(time)! / 1000
  return (_context, now) => (now >= start ? TRUE : FALSE)
}

function bucketTest({ by, salt, from, to }: Bucket): Test {
  const place = placeOf(by)
  const seed = seedOf(salt)
  return context => {
    const unit = unitOf(read(context, place))
    if (unit === '') return UNKNOWN
    const bucket = bucketOf(unit, seed)
    return bucket >= from && bucket < to ? TRUE : FALSE
  }
}

/** `include or (not exclude and when)`, without the parts that are absent, which are false. */
export function compileSegment(segment: Segment, build: Build): Test {
  const include = Object.hasOwn(segment, 'include') ? listTest(segment.by!, segment.include!, build) : NEVER
  if (!Object.hasOwn(segment, 'when')) return include
  const when = compileCondition(segment.when!, build)
  const exclude = Object.hasOwn(segment, 'exclude') ? negation(listTest(segment.by!, segment.exclude!, build)) : ALWAYS
  const otherwise = exclude === ALWAYS ? when : all([exclude, when])
  return include === NEVER ? otherwise : any([include, otherwise])
}

function listTest(by: AttributeName, list: SegmentList, { secret }: Build): Test {
  if (!isList(list)) return attributeTest(by, sealedTest(list.sealed, { attribute: by, secret }))
  return ownStringTest(by, list, false) ?? attributeTest(by, memberTest(list, false))
}

function isList(list: SegmentList): list is Exclude<SegmentList, { sealed: unknown }> {
  return Array.isArray(list)
}
