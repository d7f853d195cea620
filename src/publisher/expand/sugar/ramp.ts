import { parseTime } from '../../../base/time.ts'
import type { Condition, Rule } from '../../../rules/types.ts'
import { bucketsOf } from '../../layout/weights.ts'
import type { Path } from '../../workspace/problem.ts'
import type { RuleBlock } from '../../workspace/types.ts'
import { join, time } from '../condition.ts'
import { restOf } from '../outcome.ts'
import { type FlagScope, mainVariant, unitOf } from '../scope.ts'

/**
 * One rule for each step, `ID.1`, `ID.2` and so on, in force from its time until that of the next. All have one salt and
 * start at bucket 0, so that a step that goes up takes nobody back. Before the first step, `ID.0` serves the rest,
 * unless the rest goes on to the next rule anyway.
 */
export function expandRamp(scope: FlagScope, block: RuleBlock, path: Path): Rule[] {
  const ramp = block.ramp!
  const where = [...path, 'ramp']
  const when = block.when === undefined ? [] : [scope.condition(block.when, [...path, 'when'])]
  const by = unitOf(scope, ramp.by, where)
  const salt = ramp.salt ?? scope.flag.salt
  const variant = mainVariant(scope, ramp.serve, where)
  const rest = restOf(scope, ramp.rest, { rule: block.id }, where)
  const times = ramp.steps.map((step, i) => time(scope, step.at, [...where, 'steps', i, 'at']))
  for (const [i, at] of times.entries()) {
    if (i > 0 && (parseTime(at) ?? 0) <= (parseTime(times[i - 1]) ?? 0)) {
      scope.report.add('ramp_order', [...where, 'steps', i, 'at'], `${at} is not after the step before it`)
    }
  }
  const rule = (n: number, window: Condition[], to: number): Rule => ({
    id: `${block.id}.${n}`,
    when: join([...when, ...window]),
    then: { split: { by, salt, arms: to === 0 ? [] : [[0, to, variant]], rest } },
  })
  const before = rest === 'next' ? [] : [rule(0, [{ until: times[0]! }], 0)]
  return [
    ...before,
    ...ramp.steps.map((step, i) => {
      const window: Condition[] = [{ from: times[i]! }]
      if (i + 1 < times.length) window.push({ until: times[i + 1]! })
      return rule(i + 1, window, bucketsOf(step.to))
    }),
  ]
}
