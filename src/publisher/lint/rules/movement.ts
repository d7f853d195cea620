import { sameJson } from '../../../base/samejson.ts'
import type { Flag, Split } from '../../../rules/types.ts'
import { splitsOf } from '../../layout/splits.ts'
import { own } from '../../rules.ts'
import type { LintContext, LintRule } from '../types.ts'

/** The splits of a plain flag by rule id, `otherwise` included. */
function plainSplits(flag: Flag): Map<string, Split> {
  const splits = new Map<string, Split>()
  for (const { id, then } of flag.rules) if ('split' in then) splits.set(id, then.split)
  if ('split' in flag.otherwise) splits.set('otherwise', flag.otherwise.split)
  return splits
}

export const MOVEMENT: readonly LintRule[] = [
  {
    code: 'layout_missing',
    level: 'warning',
    cause:
      'A split of several arms has no layout in its file, so that a change of its weights moves more people than it must.',
    cure: 'Run `ensign fmt`, which writes it.',
    check({ workspace }, tell) {
      for (const file of workspace.flags.values()) {
        for (const { environment, id, path } of splitsOf(file.content)) {
          const layout = file.content.layout?.[environment]
          if (layout === undefined || !Object.hasOwn(layout, id)) tell(file, path, `"${id}" has no layout`)
        }
      }
    },
  },
  {
    code: 'rebucketed',
    level: 'error',
    cause: 'The salt or the unit of a split differs from what is in force: everyone is dealt out anew.',
    cure: 'Put the old one back; where it is meant, say so in `accept: [{ code: rebucketed, reason }]`.',
    check(context, tell) {
      for (const { environment, id, file, place, before, after } of splitsInForce(context)) {
        const what = changedOf(before, after)
        if (what !== undefined) {
          tell(file, place(), `"${id}" has another ${what} than what is in force in ${environment}`)
        }
      }
    },
  },
  {
    code: 'moves_more',
    level: 'warning',
    cause: 'The layout moves more people than the change of weights asks for.',
    cure: 'Run `ensign fmt --against` with what is in force.',
    check(context, tell) {
      for (const { id, file, place, old, before, flag, after } of splitsInForce(context)) {
        if (changedOf(before, after) !== undefined || isSame(old, before, flag, after)) continue
        const { moved, minimum } = movementOf(old, before, flag, after)
        if (moved <= minimum) continue
        tell(file, place(), `"${id}" moves ${moved / 1000}% of its people, ${minimum / 1000}% would do`)
      }
    },
  },
]

/** Every split of the files that is in force too, under the same flag and rule. */
function* splitsInForce({ workspace, expansions, inForce }: LintContext) {
  for (const [environment, { rules, originOf }] of expansions) {
    const published = inForce.get(environment)
    if (published === undefined) continue
    for (const [key, flag] of Object.entries(rules.flags)) {
      const old = own(published.flags, key)
      if (old === undefined) continue
      const was = plainSplits(old)
      for (const [id, after] of plainSplits(flag)) {
        const before = was.get(id)
        if (before === undefined) continue
        const place = () => originOf(key, id) ?? ['environments', environment, 'otherwise']
        yield { environment, id, file: workspace.flags.get(key)!, place, old, before, flag, after }
      }
    }
  }
}

/** What deals everyone out anew, where it differs. */
function changedOf(before: Split, after: Split): 'salt' | 'unit' | undefined {
  if (before.salt !== after.salt) return 'salt'
  return sameJson(before.by, after.by) ? undefined : 'unit'
}

/** Nobody can move, as in nearly all flags. */
function isSame(old: Flag, before: Split, now: Flag, after: Split): boolean {
  return sameJson(before.arms, after.arms) && sameJson(old.variants, now.variants)
}

/** In buckets; what no arm holds counts as one more arm. */
function movementOf(old: Flag, before: Split, now: Flag, after: Split): { moved: number; minimum: number } {
  const name = (flag: Flag, split: Split, bucket: number) => {
    const arm = split.arms.find(([from, to]) => from <= bucket && bucket < to)
    return arm === undefined ? '' : `=${flag.variants[arm[2]]![0]}`
  }
  const borders = new Set([0, 100_000])
  for (const [from, to] of [...before.arms, ...after.arms]) borders.add(from).add(to)
  const sorted = [...borders].sort((a, b) => a - b)
  const change = new Map<string, number>()
  let moved = 0
  for (let i = 1; i < sorted.length; i++) {
    const [from, to] = [sorted[i - 1]!, sorted[i]!]
    const [was, is] = [name(old, before, from), name(now, after, from)]
    if (was === is) continue
    moved += to - from
    change.set(was, (change.get(was) ?? 0) - (to - from))
    change.set(is, (change.get(is) ?? 0) + (to - from))
  }
  const minimum = [...change.values()].reduce((sum, by) => sum + Math.abs(by), 0) / 2
  return { moved, minimum }
}
