import type { Rule } from '../../../rules/types.ts'
import type { Path } from '../../workspace/problem.ts'
import type { RuleBlock } from '../../workspace/types.ts'
import { join } from '../condition.ts'
import { type FlagScope, variantIndex } from '../scope.ts'
import { unitList } from '../units.ts'

/** One rule for each variant: the units that get it whatever their bucket. */
export function expandTargets(scope: FlagScope, block: RuleBlock, path: Path): Rule[] {
  const when = block.when === undefined ? [] : [scope.condition(block.when, [...path, 'when'])]
  const targets = Object.entries(block.targets!)
  return targets.map(([variant, units]) => {
    const where = [...path, 'targets', variant]
    const { by, list } = unitList(scope, block.by, units, where)
    const listed = 'sealed' in list ? { attr: by, sealed: list.sealed } : { attr: by, in: list.values }
    return {
      id: targets.length === 1 ? block.id : `${block.id}.${variant}`,
      when: join([...when, listed]),
      then: { serve: variantIndex(scope, variant, where, 'key') },
    }
  })
}
