import { formatTime, parseTime } from '../../base/time.ts'
import type { Condition, Flag } from '../../rules/types.ts'
import type { FutureTransition, Share } from '../diff/types.ts'
import { segmentsBehind, walk } from '../reads.ts'
import { own, type PlainRules } from '../rules.ts'
import { compare } from './impact.ts'
import { plansOf } from './plan.ts'

/**
 * Every moment after `now` (milliseconds) at which answers change by themselves, with how many change; earliest
 * first. A moment at which nobody's variant changes is left out.
 */
export function futureTransitions(rules: PlainRules, now: number): FutureTransition[] {
  const found: FutureTransition[] = []
  for (const [key, flag] of Object.entries(rules.flags)) {
    if (!flag.on) continue
    for (const at of timesOf(rules, flag)) {
      if (at <= now) continue
      const impact = compare(key, plansOf({ rules, flag, now: at - 1 }, { rules, flag, now: at }))
      if (impact === undefined) continue
      const { rules: ids, before: from, after: to } = impact.audiences[0]!
      const who = ids.length === 0 ? '' : `${ids.join(', ')}: `
      found.push({ flag_key: key, at: formatTime(at), moved: impact.moved, summary: `${who}${sharesText(from, to)}` })
    }
  }
  return found.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.flag_key < b.flag_key ? -1 : 1))
}

/** `one-page 5% -> 100%`: the variants whose share grows, else those whose share falls. */
export function sharesText(before: readonly Share[], after: readonly Share[]): string {
  const percent = (shares: readonly Share[], variant: string) =>
    shares.find(share => share.variant === variant)?.percent ?? '0'
  const lines = (names: readonly Share[]) =>
    names
      .map(({ variant }) => [variant, percent(before, variant), percent(after, variant)] as const)
      .filter(([, from, to]) => from !== to)
  const grown = lines(after).filter(([, from, to]) => Number(to) > Number(from))
  const shown = grown.length > 0 ? grown : lines(before)
  return shown.map(([variant, from, to]) => `${variant} ${from}% -> ${to}%`).join(', ')
}

function timesOf(rules: PlainRules, flag: Flag): number[] {
  const times = new Set<number>()
  const add = (condition: Condition) =>
    walk(condition, one => {
      const text = 'from' in one ? one.from : 'until' in one ? one.until : undefined
      const time = parseTime(text)
      if (time !== undefined) times.add(time)
    })
  for (const rule of flag.rules) add(rule.when)
  for (const key of segmentsBehind(rules, flag)) {
    const when = own(rules.segments, key)?.when
    if (when !== undefined) add(when)
  }
  return [...times].sort((a, b) => a - b)
}
