import { BUCKETS } from '../../base/limits.ts'

/** Percent with up to three decimals to buckets. */
export function bucketsOf(percent: number): number {
  return Math.round(percent * (BUCKETS / 100))
}

/** Buckets to percent, as it is written in files. */
export function percentOf(buckets: number): number {
  return buckets / (BUCKETS / 100)
}

/** Percentages of a share, in buckets that add up to the share of their sum: what is cut off goes to the largest cuts. */
export function weightsOf(arms: Readonly<Record<string, number>>, share = 100): Map<string, number> {
  const exact = Object.entries(arms).map(([name, percent]) => ({
    name,
    thousandths: bucketsOf(percent) * bucketsOf(share),
  }))
  const total = Math.round(exact.reduce((sum, arm) => sum + arm.thousandths, 0) / BUCKETS)
  const weights = new Map(exact.map(arm => [arm.name, Math.floor(arm.thousandths / BUCKETS)]))
  let left = total - [...weights.values()].reduce((sum, weight) => sum + weight, 0)
  for (const { name } of [...exact].sort((a, b) => (b.thousandths % BUCKETS) - (a.thousandths % BUCKETS))) {
    if (left <= 0) break
    weights.set(name, weights.get(name)! + 1)
    left--
  }
  return weights
}
