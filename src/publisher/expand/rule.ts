import type { AttributeName, Bucket, Condition, Rule } from '../../rules/types.ts'
import { walk } from '../reads.ts'
import type { Path } from '../workspace/problem.ts'
import type { RuleBlock } from '../workspace/types.ts'
import { ALWAYS } from './condition.ts'
import { expandOutcome, PLAIN_OUTCOMES } from './outcome.ts'
import type { FlagScope } from './scope.ts'
import { expandExperiment } from './sugar/experiment.ts'
import { expandRamp } from './sugar/ramp.ts'
import { expandTargets } from './sugar/targets.ts'

type Expand = (scope: FlagScope, block: RuleBlock, path: Path) => Rule[]

/** What a rule may say, each with what becomes of it. */
const OUTCOMES: Readonly<Record<string, Expand>> = {
  ...Object.fromEntries(PLAIN_OUTCOMES.map(name => [name, plain])),
  ramp: expandRamp,
  experiment: expandExperiment,
  targets: expandTargets,
}
const NAMES = Object.keys(OUTCOMES)

export function expandRule(scope: FlagScope, block: RuleBlock, path: Path): Rule[] {
  const said = NAMES.filter(name => Object.hasOwn(block, name))
  if (said.length !== 1) {
    const what =
      said.length === 0 ? `rule "${block.id}" has no outcome` : `rule "${block.id}" has ${said.join(' and ')}`
    scope.report.add('rule_outcome', path, what)
    return []
  }
  const rules = OUTCOMES[said[0]!]!(scope, block, path)
  for (const rule of rules) checkSalts(scope, rule, path)
  return rules
}

function plain(scope: FlagScope, block: RuleBlock, path: Path): Rule[] {
  return [
    {
      id: block.id,
      when: block.when === undefined ? ALWAYS : scope.condition(block.when, [...path, 'when']),
      then: expandOutcome(scope, block, { rule: block.id }, path),
    },
  ]
}

/** Under a bucket condition of the same salt and unit the arms would be cut off: whoever gets there has those buckets. */
function checkSalts(scope: FlagScope, rule: Rule, path: Path): void {
  if (!('split' in rule.then)) return
  const { salt, by } = rule.then.split
  if (bucketsIn(rule.when).some(bucket => bucket.salt === salt && sameName(bucket.by, by))) {
    scope.report.add('same_salt', path, `rule "${rule.id}" splits under a bucket condition with the same salt and unit`)
  }
}

function bucketsIn(condition: Condition): Bucket[] {
  const buckets: Bucket[] = []
  walk(condition, one => {
    if ('bucket' in one) buckets.push(one.bucket)
  })
  return buckets
}

function sameName(a: AttributeName, b: AttributeName): boolean {
  return JSON.stringify([a].flat()) === JSON.stringify([b].flat())
}
