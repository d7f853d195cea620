// The rules model read aloud: no compilation, no sharing, no speed. What the engine must agree with.
import murmur from 'murmurhash3js-revisited'
import { utf8 } from '../../src/base/bytes.ts'
import type { Condition, Flag, Outcome, Part, Scalar, Split } from '../../src/rules/types.ts'

type Tri = true | false | undefined
type Bag = Record<string, unknown>
export interface Answer {
  readonly reason: string
  readonly variant: string | undefined
  readonly rule: string | undefined
}

export function naive(part: Part, stops: readonly string[], key: string, context: Bag, now: number): Answer {
  const flag = part.flags?.[key]
  const serve = (index: number | null, reason: string, rule?: string): Answer => {
    return { reason, variant: index === null ? undefined : flag!.variants[index]![0], rule }
  }
  if (stops.includes(key) || (flag && reads(part, flag).some(read => isStopped(part, stops, read)))) {
    return flag ? serve(flag.off, 'STOPPED') : { reason: 'STOPPED', variant: undefined, rule: undefined }
  }
  if (!flag) return { reason: 'ERROR', variant: undefined, rule: undefined }
  if (!flag.on) return serve(flag.off, 'DISABLED')
  const test = (condition: Condition): Tri => holds(part, stops, condition, context, now)
  for (const need of flag.requires ?? []) if (test(need) !== true) return serve(flag.off, 'PREREQUISITE')
  for (const { id, when, then } of flag.rules) {
    const end = test(when) === true ? outcome(then, context) : 'next'
    if (end !== 'next') return end === null ? serve(null, reasonOf(then), id) : serve(end, reasonOf(then), id)
  }
  const end = outcome(flag.otherwise, context)
  if (end === 'next') return serve(flag.off, 'DEFAULT')
  const plain = flag.rules.length === 0 && (flag.requires ?? []).length === 0 ? 'STATIC' : 'DEFAULT'
  const fallback = 'fallback' in flag.otherwise ? 'DEFAULT' : plain
  return serve(end, 'split' in flag.otherwise ? 'SPLIT' : fallback)
}

const reasonOf = (then: Outcome) => ('split' in then ? 'SPLIT' : 'TARGETING_MATCH')

function outcome(then: Outcome, context: Bag): number | null | 'next' {
  if ('serve' in then) return then.serve
  if ('fallback' in then) return null
  const { by, salt, arms, rest }: Split = then.split
  const bucket = bucketOf(context[by as string], salt)
  if (bucket === undefined) return 'next'
  const arm = arms.find(([from, to]) => from <= bucket && bucket < to)
  return arm ? arm[2] : rest === 'fallback' ? null : rest
}

function bucketOf(value: unknown, salt: string): number | undefined {
  const unit = typeof value === 'string' ? value : Number.isSafeInteger(value) ? String(value) : ''
  const seed = murmur.x86.hash32(utf8(salt), 0)
  return unit === '' ? undefined : Math.floor((murmur.x86.hash32(utf8(unit), seed) * 100_000) / 2 ** 32)
}

function holds(part: Part, stops: readonly string[], condition: Condition, context: Bag, now: number): Tri {
  const test = (one: Condition): Tri => holds(part, stops, one, context, now)
  if ('all' in condition) return kleene(condition.all.map(test), false)
  if ('any' in condition) return kleene(condition.any.map(test), true)
  if ('not' in condition) return flip(test(condition.not))
  if ('assume' in condition) return test(condition.of) ?? condition.assume
  if ('from' in condition) return now >= Date.parse(condition.from)
  if ('until' in condition) return now < Date.parse(condition.until)
  if ('bucket' in condition) {
    const bucket = bucketOf(context[condition.bucket.by as string], condition.bucket.salt)
    return bucket === undefined ? undefined : condition.bucket.from <= bucket && bucket < condition.bucket.to
  }
  if ('segment' in condition) {
    const { by, include, exclude, when } = part.segments![condition.segment]!
    const listed = (list: unknown): Tri => (list ? isIn(context[by as string], list as Scalar[]) : false)
    return kleene([listed(include), kleene([flip(listed(exclude)), when ? test(when) : false], false)], true)
  }
  if ('flag' in condition) {
    const { reason, variant } = naive(part, stops, condition.flag, context, now)
    const known = variant !== undefined && !['DISABLED', 'PREREQUISITE', 'ERROR'].includes(reason)
    return known ? condition.is.includes(variant) : undefined
  }
  const value = context[condition.attr as string]
  if (condition.exists !== undefined) return (value !== undefined && value !== null) === condition.exists
  if (condition.eq !== undefined) return isIn(value, [condition.eq])
  if (condition.in !== undefined) return isIn(value, condition.in)
  if (condition.has !== undefined)
    return Array.isArray(value) ? value.some(one => condition.has!.includes(one)) : undefined
  if (condition.gte !== undefined) return typeof value === 'number' ? value >= condition.gte : undefined
  return typeof value === 'string' ? condition.startsWith!.some(start => value.startsWith(start)) : undefined
}

const flip = (verdict: Tri): Tri => (verdict === undefined ? undefined : !verdict)
const kleene = (verdicts: Tri[], decisive: boolean): Tri =>
  verdicts.includes(decisive) ? decisive : verdicts.includes(undefined) ? undefined : !decisive

function isIn(value: unknown, list: readonly Scalar[]): Tri {
  if (!['string', 'number', 'boolean'].includes(typeof value)) return undefined
  const takes = list.length === 0 || list.some(one => typeof one === typeof value)
  return takes ? list.includes(value as Scalar) : undefined
}

function isStopped(part: Part, stops: readonly string[], key: string): boolean {
  const flag = part.flags?.[key]
  return stops.includes(key) || (flag !== undefined && reads(part, flag).some(read => isStopped(part, stops, read)))
}

function reads(part: Part, flag: Flag): string[] {
  const inside = (one: unknown): string[] => {
    if (typeof one !== 'object' || one === null) return []
    if ('flag' in one && 'is' in one) return [one.flag as string]
    if ('segment' in one) return inside(part.segments![one.segment as string]!.when)
    return Object.values(one).flatMap(inside)
  }
  return [...inside(flag.requires), ...flag.rules.flatMap(rule => inside(rule.when))]
}
