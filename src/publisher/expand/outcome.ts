import { BUCKETS } from '../../base/limits.ts'
import type { AttributeName, Outcome, Split } from '../../rules/types.ts'
import { canonicalLayout, layoutFor } from '../layout/of.ts'
import { bucketsOf, weightsOf } from '../layout/weights.ts'
import type { Path } from '../workspace/problem.ts'
import type { OutcomeBlock, Rest, RolloutBlock, VariantName } from '../workspace/types.ts'
import { type FlagScope, mainVariant, unitOf, variantIndex } from './scope.ts'

/** Where an outcome stands: only behind a rule can it go on to the next one. */
export type Seat = { readonly rule: string } | 'otherwise'

export const PLAIN_OUTCOMES = ['serve', 'fallback', 'rollout', 'split'] as const

/** The outcome that a rule or `otherwise` says without further sugar. */
export function expandOutcome(scope: FlagScope, block: OutcomeBlock, seat: Seat, path: Path): Outcome {
  if (block.serve !== undefined) return { serve: variantIndex(scope, block.serve, [...path, 'serve']) }
  if (block.rollout !== undefined) return { split: rollout(scope, block.rollout, seat, [...path, 'rollout']) }
  if (block.split !== undefined) return { split: weighted(scope, block.split, seat, [...path, 'split']) }
  return { fallback: true }
}

export function serveOutcome(scope: FlagScope, name: VariantName, path: Path): Outcome {
  return { serve: variantIndex(scope, name, path) }
}

function rollout(scope: FlagScope, block: number | RolloutBlock, seat: Seat, path: Path): Split {
  const full: RolloutBlock = typeof block === 'number' ? { to: block } : block
  const to = bucketsOf(full.to)
  return {
    by: unitOf(scope, full.by, path),
    salt: full.salt ?? scope.flag.salt,
    arms: to === 0 ? [] : [[0, to, mainVariant(scope, full.serve, path)]],
    rest: restOf(scope, full.rest, seat, path),
  }
}

interface Weighted {
  readonly arms: Readonly<Record<string, number>>
  readonly share?: number
  readonly by?: string
  readonly salt?: string
  readonly rest?: Rest
}

/** Arms by weight, where the flag's `layout` says, or side by side where it says nothing. */
export function weighted(scope: FlagScope, block: Weighted, seat: Seat, path: Path, unit?: AttributeName): Split {
  const weights = weightsOf(block.arms, block.share)
  const sum = Object.values(block.arms).reduce((total, percent) => total + percent, 0)
  const mustBeFull = block.share !== undefined || block.rest === undefined
  if (sum > 100.0001 || (mustBeFull && Math.abs(sum - 100) > 0.0001)) {
    const what = `the weights add up to ${Number(sum.toFixed(3))} percent`
    const cure = sum > 100 ? 'Make them add up to 100.' : undefined
    scope.report.add('weights', [...path, 'arms'], what, cure, 'key')
  }
  const id = seat === 'otherwise' ? seat : seat.rule
  const layout = layoutFor(scope.flag, scope.environment, id, weights)
  if (layout === 'stale') {
    scope.report.add(
      'layout_stale',
      ['layout', scope.environment, id],
      `the layout of "${id}" has other weights`,
      undefined,
      'key',
    )
  }
  const laid = layout === 'stale' || layout === undefined ? canonicalLayout(weights) : layout
  const arms: [number, number, number][] = []
  for (const name of Object.keys(block.arms)) {
    const index = variantIndex(scope, name, [...path, 'arms', name], 'key')
    for (const [from, to] of laid[name] ?? []) arms.push([from, to, index])
  }
  return {
    by: unit ?? unitOf(scope, block.by, path),
    salt: block.salt ?? scope.flag.salt,
    arms: arms.sort((a, b) => a[0] - b[0]),
    rest: restOf(
      scope,
      block.rest,
      seat,
      path,
      [...weights.values()].reduce((total, weight) => total + weight, 0) === BUCKETS,
    ),
  }
}

/** Behind a rule everyone else goes on; in `otherwise` everyone else gets the off variant. */
export function restOf(
  scope: FlagScope,
  rest: Rest | undefined,
  seat: Seat,
  path: Path,
  nobodyLeft = false,
): 'next' | 'fallback' | number {
  if (rest === 'next' && seat === 'otherwise' && !nobodyLeft) {
    scope.report.add('rest_next', [...path, 'rest'], 'no rule follows `otherwise`')
  }
  if (rest === undefined || rest === 'next') {
    if (seat !== 'otherwise') return 'next'
    return scope.off ?? 'fallback'
  }
  return rest === 'fallback' ? rest : variantIndex(scope, rest, [...path, 'rest'])
}
