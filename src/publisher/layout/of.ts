import type { FlagFile, Layout } from '../workspace/types.ts'
import { fits, layoutArms } from './arms.ts'

/** Arms side by side from bucket 0 on, in the order in which they are written. */
export function canonicalLayout(weights: ReadonlyMap<string, number>): Layout {
  return layoutArms(weights)
}

/** What the file says about where the arms of a split are: undefined where nothing, `stale` where other weights. */
export function layoutFor(
  flag: FlagFile,
  environment: string,
  id: string,
  weights: ReadonlyMap<string, number>,
): Layout | 'stale' | undefined {
  const byRule = flag.layout?.[environment]
  const layout = byRule !== undefined && Object.hasOwn(byRule, id) ? byRule[id] : undefined
  if (layout === undefined) return undefined
  return fits(layout, weights) ? layout : 'stale'
}
