import type { Path } from '../workspace/problem.ts'
import type { FlagFile, OutcomeBlock, RuleBlock } from '../workspace/types.ts'
import { weightsOf } from './weights.ts'

/** A split of a file whose arms need a layout: one with several. */
export interface LaidSplit {
  readonly environment: string
  /** Of the rule, or `otherwise`. */
  readonly id: string
  readonly path: Path
  readonly weights: ReadonlyMap<string, number>
}

export function splitsOf(flag: FlagFile): LaidSplit[] {
  const found: LaidSplit[] = []
  for (const [environment, block] of Object.entries(flag.environments)) {
    const path = ['environments', environment]
    for (const [i, rule] of (block.rules ?? []).entries()) {
      found.push(...splitOf(rule, environment, rule.id, [...path, 'rules', i]))
    }
    if (typeof block.otherwise === 'object') {
      found.push(...splitOf(block.otherwise, environment, 'otherwise', [...path, 'otherwise']))
    }
  }
  return found
}

function splitOf(
  block: OutcomeBlock & Pick<RuleBlock, 'experiment'>,
  environment: string,
  id: string,
  path: Path,
): LaidSplit[] {
  for (const name of ['split', 'experiment'] as const) {
    const split = block[name]
    if (split === undefined || Object.keys(split.arms).length < 2) continue
    const share = 'share' in split ? split.share : undefined
    return [{ environment, id, path: [...path, name], weights: weightsOf(split.arms, share) }]
  }
  return []
}
