import { BUCKETS } from '../base/limits.ts'
import { parseTime } from '../base/time.ts'
import { variantName } from '../publisher/diff/text.ts'
import type { PlainRules } from '../publisher/rules.ts'
import type { FlagFile } from '../publisher/workspace/types.ts'
import type { Condition, Flag, Outcome } from '../rules/types.ts'
import { count } from './print.ts'

const DAY_MS = 24 * 3600_000

/** Why code should not ask for a flag any more. */
export function endedReasons({ expires, archived }: FlagFile, now: number): string[] {
  if (archived !== undefined) return [`archived on ${archived}`]
  const isPast = expires !== undefined && expires !== 'never' && now >= Date.parse(expires) + DAY_MS
  return isPast ? [`expired on ${expires}`] : []
}

/** How long it must be so before a flag counts as rolled out, and since when nobody has touched it: by key, in ms. */
export interface Settling {
  readonly days: number
  readonly touched: ReadonlyMap<string, number>
}

/** The variant that everyone gets in every environment, in words; undefined where there may be several. */
export function rolledOut(
  { key, kind, archived }: FlagFile,
  plain: ReadonlyMap<string, PlainRules>,
  now: number,
  settling: Settling | undefined,
): string | undefined {
  if (archived !== undefined || kind === 'kill-switch' || kind === 'permission') return undefined
  const flags = [...plain.values()].flatMap(({ flags }) => (Object.hasOwn(flags, key) ? [flags[key]!] : []))
  // A new flag is off everywhere as well: only the log tells it from one that was given up.
  if (settling === undefined && flags.every(({ on }) => !on)) return undefined
  const [first, ...others] = flags.map(flag => soleVariant(flag, now))
  if (first === undefined || others.some(other => other !== first)) return undefined
  const what = `serves ${first} to everyone everywhere`
  if (settling === undefined) return what
  const touched = settling.touched.get(key)
  if (touched === undefined) return undefined
  const since = Math.max(touched, ...flags.map(flag => lastMoment(flag, now)))
  const days = Math.floor((now - since) / DAY_MS)
  return days >= settling.days ? `${what}, for ${count(days, 'day')}` : undefined
}

/** The one variant that a flag can serve at this time, to whoever has the units that it splits by. */
function soleVariant(flag: Flag, now: number): string | undefined {
  if (!flag.on) return variantName(flag, flag.off)
  if ((flag.requires ?? []).length > 0) return undefined
  const served = new Set<string | undefined>()
  const add = (outcome: Outcome) => {
    for (const one of variantsOf(flag, outcome)) served.add(one)
  }
  for (const { when, then } of flag.rules) {
    const limits = 'all' in when ? when.all : [when]
    if (limits.some(one => 'until' in one && (parseTime(one.until) ?? now) <= now)) continue
    add(then)
    const isForAll = limits.every(one => 'from' in one && (parseTime(one.from) ?? Number.POSITIVE_INFINITY) <= now)
    if (isForAll && !goesOn(then)) return only(served)
  }
  add(flag.otherwise)
  return only(served)
}

function only(served: ReadonlySet<string | undefined>): string | undefined {
  const [one] = served
  return served.size === 1 ? one : undefined
}

const covered = (arms: readonly (readonly [number, number, number])[]) =>
  arms.reduce((sum, [from, to]) => sum + to - from, 0)

/** Undefined stands for the caller's fallback, which is no variant. */
function variantsOf(flag: Flag, outcome: Outcome): readonly (string | undefined)[] {
  if ('serve' in outcome) return [variantName(flag, outcome.serve)]
  if ('fallback' in outcome) return [undefined]
  const { arms, rest } = outcome.split
  const names = arms.filter(([from, to]) => from < to).map(([, , index]) => variantName(flag, index))
  if (covered(arms) === BUCKETS || rest === 'next') return names
  return [...names, rest === 'fallback' ? undefined : variantName(flag, rest)]
}

function goesOn(outcome: Outcome): boolean {
  return 'split' in outcome && outcome.split.rest === 'next' && covered(outcome.split.arms) < BUCKETS
}

/** When a ramp or a window last changed what the flag serves. */
function lastMoment(flag: Flag, now: number): number {
  const moments = flag.rules.flatMap(({ when }) => momentsIn(when)).filter(time => time <= now)
  return Math.max(0, ...moments)
}

function momentsIn(condition: Condition): number[] {
  if ('all' in condition) return condition.all.flatMap(momentsIn)
  if ('any' in condition) return condition.any.flatMap(momentsIn)
  if ('not' in condition) return momentsIn(condition.not)
  if ('assume' in condition) return momentsIn(condition.of)
  const text = 'from' in condition ? condition.from : 'until' in condition ? condition.until : undefined
  const time = text === undefined ? undefined : parseTime(text)
  return time === undefined ? [] : [time]
}
