import { parseTime } from '../base/time.ts'
import { variantName } from '../publisher/diff/text.ts'
import type { PlainRules } from '../publisher/rules.ts'
import type { FlagFile } from '../publisher/workspace/types.ts'
import type { Flag, Outcome } from '../rules/types.ts'

const DAY_MS = 24 * 3600_000

/** What speaks for it that a flag has done its work. */
export function staleReasons(
  flag: FlagFile,
  plain: ReadonlyMap<string, PlainRules>,
  now: number,
  used: boolean | undefined,
): string[] {
  const reasons: string[] = []
  const { expires, archived, key } = flag
  if (archived !== undefined) reasons.push(`archived on ${archived}`)
  else if (expires !== undefined && expires !== 'never' && now >= Date.parse(expires) + DAY_MS)
    reasons.push(`expired on ${expires}`)
  if (used === false) reasons.push('no code asks for it')
  if (archived === undefined && flag.kind !== 'kill-switch' && flag.kind !== 'permission') {
    const served = [...plain.values()].flatMap(({ flags }) =>
      Object.hasOwn(flags, key) ? [soleVariant(flags[key]!, now)] : [],
    )
    const [first] = served
    if (first !== undefined && served.every(one => one === first))
      reasons.push(`serves ${first} to everyone everywhere`)
  }
  return reasons
}

/** The one variant that a flag can serve at this time; undefined where there may be several. */
function soleVariant(flag: Flag, now: number): string | undefined {
  if (!flag.on) return variantName(flag, flag.off)
  if ((flag.requires ?? []).length > 0) return undefined
  const outcomes: Outcome[] = []
  for (const { when, then } of flag.rules) {
    const limits = 'all' in when ? when.all : [when]
    if (limits.some(one => 'until' in one && (parseTime(one.until) ?? now) <= now)) continue
    outcomes.push(then)
  }
  outcomes.push(flag.otherwise)
  const variants = new Set(outcomes.map(outcome => ('serve' in outcome ? variantName(flag, outcome.serve) : undefined)))
  const [only] = variants
  return variants.size === 1 ? only : undefined
}
