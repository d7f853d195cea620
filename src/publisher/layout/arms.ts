import { BUCKETS } from '../../base/limits.ts'
import type { Layout } from '../workspace/types.ts'

type Range = readonly [from: number, to: number]

/**
 * Lays weights out so that the fewest people move from where a previous layout had them: exactly
 * `sum |w - w'| / 2`, what no arm holds counting as one more arm. Every arm keeps what it has up to its new weight,
 * from its lowest bucket on; what is given up goes to the arms that grow, in their order, lowest first. So one arm
 * alone always owns `[0, weight)`, and a growing rollout never takes anyone back.
 */
export function layoutArms(weights: ReadonlyMap<string, number>, previous: Layout = {}): Layout {
  const kept = new Map<string, Range[]>()
  const taken: Range[] = []
  for (const [name, weight] of weights) {
    const { kept: mine } = cut(Object.hasOwn(previous, name) ? previous[name]! : [], weight)
    kept.set(name, mine)
    taken.push(...mine)
  }
  // What nobody keeps: first what other arms gave up or nobody had, as far as the arms need it.
  const before = merge(Object.values(previous).flat())
  const given = subtract(before, merge(taken))
  const nobodys = subtract([[0, BUCKETS]], before)
  const rest = BUCKETS - [...weights.values()].reduce((sum, weight) => sum + weight, 0)
  // The rest keeps its highest buckets, up to its new weight.
  const restKeeps = Math.min(rest, sizeOf(nobodys))
  const free = merge([...given, ...cut(nobodys, sizeOf(nobodys) - restKeeps).kept])
  for (const [name, weight] of weights) {
    const mine = kept.get(name)!
    const { kept: more, left } = cut(free, weight - sizeOf(mine))
    mine.push(...more)
    free.splice(0, free.length, ...left)
  }
  return Object.fromEntries([...weights.keys()].map(name => [name, merge(kept.get(name)!)]))
}

/** The lowest `size` buckets of some ranges, and the others. */
function cut(ranges: readonly Range[], size: number): { kept: Range[]; left: Range[] } {
  const kept: Range[] = []
  const left: Range[] = []
  let missing = Math.max(0, size)
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const middle = Math.min(to, from + missing)
    if (middle > from) kept.push([from, middle])
    if (to > middle) left.push([middle, to])
    missing -= middle - from
  }
  return { kept, left }
}

export function sizeOf(ranges: readonly Range[]): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from, 0)
}

/** Ascending, with neighbours joined. */
function merge(ranges: readonly Range[]): Range[] {
  const merged: [number, number][] = []
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1)
    if (last !== undefined && last[1] === from) last[1] = to
    else if (from < to) merged.push([from, to])
  }
  return merged
}

/** What of `ranges` is not in `others`; both ascending and disjoint. */
function subtract(ranges: readonly Range[], others: readonly Range[]): Range[] {
  const left: Range[] = []
  for (const [from, to] of ranges) {
    let at = from
    for (const [otherFrom, otherTo] of others) {
      if (otherTo <= at || otherFrom >= to) continue
      if (otherFrom > at) left.push([at, otherFrom])
      at = Math.max(at, otherTo)
    }
    if (at < to) left.push([at, to])
  }
  return left
}

/** Whether the arms of a layout have these weights and share no bucket. */
export function fits(layout: Layout, weights: ReadonlyMap<string, number>): boolean {
  const names = Object.keys(layout)
  if (names.length !== weights.size || !names.every(name => weights.has(name))) return false
  const all = Object.values(layout).flat()
  if (all.some(([from, to]) => from >= to || to > BUCKETS)) return false
  const sorted = [...all].sort((a, b) => a[0] - b[0])
  if (sorted.some(([from], i) => i > 0 && from < sorted[i - 1]![1])) return false
  return names.every(name => sizeOf(layout[name]!) === weights.get(name))
}
