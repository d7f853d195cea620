import { sameJson } from '../../../base/samejson.ts'
import { parseTime } from '../../../base/time.ts'
import type { Condition, Rule } from '../../../rules/types.ts'
import type { LintRule } from '../types.ts'

/** Whether nobody whom the condition holds for goes on to the next rule. A split lets go of those without a unit. */
const keepsAll = ({ then }: Rule) => !('split' in then)
const isAlways = (condition: Condition) => 'all' in condition && condition.all.length === 0

export const REACH: readonly LintRule[] = [
  {
    code: 'unreachable_rule',
    level: 'warning',
    cause: 'An earlier rule takes everyone whom this one is for.',
    cure: 'Move it up, or remove it.',
    check({ workspace, expansions }, tell) {
      for (const { rules, originOf } of expansions.values()) {
        for (const [key, flag] of Object.entries(rules.flags)) {
          const file = workspace.flags.get(key)!
          const takers: Rule[] = []
          for (const rule of flag.rules) {
            const by = takers.find(taker => isAlways(taker.when) || sameJson(taker.when, rule.when))
            if (by !== undefined) {
              tell(file, originOf(key, rule.id)!, `"${rule.id}" is never reached: "${by.id}" takes everyone before it`)
            } else if (keepsAll(rule)) takers.push(rule)
          }
        }
      }
    },
  },
  {
    code: 'past_schedule',
    level: 'warning',
    cause: 'A time in a rule has passed, so that the rule is over or the time says nothing any more.',
    cure: 'Remove the rule or the time; a ramp that has arrived becomes a plain rule.',
    check({ workspace, expansions, now }, tell) {
      for (const [environment, { rules }] of expansions) {
        for (const key of Object.keys(rules.flags)) {
          const file = workspace.flags.get(key)!
          if (file.content.archived !== undefined) continue
          const blocks = file.content.environments[environment]!.rules ?? []
          for (const [i, rule] of blocks.entries()) {
            const path = ['environments', environment, 'rules', i]
            const last = rule.ramp?.steps.at(-1)
            if (last !== undefined && (parseTime(last.at) ?? now) < now) {
              tell(file, [...path, 'ramp'], `the ramp "${rule.id}" took its last step at ${last.at}`, undefined, 'key')
            }
            const { until, from } = rule.when ?? {}
            if ((parseTime(until) ?? now) < now)
              tell(file, [...path, 'when', 'until'], `"${rule.id}" was over at ${until}`)
            else if ((parseTime(from) ?? now) < now) {
              tell(
                file,
                [...path, 'when', 'from'],
                `"${rule.id}" has been in force since ${from}: the time says nothing any more`,
              )
            }
          }
        }
      }
    },
  },
]
