import type { Cells, FlagCell, SegmentCell } from './cell.ts'
import { lookAt, type Needs } from './loaded.ts'
import type { Flag, Segment } from './types.ts'

export type Cell = FlagCell | SegmentCell

export const NEEDS_NOTHING: Needs = { flags: [], segments: [], secrets: [], patterns: [], times: [] }

export function needsOf({ loaded }: Cell): Needs {
  return (loaded && lookAt<Flag | Segment>(loaded).needs) ?? NEEDS_NOTHING
}

/** What is there of it, in reading order: flags (requirements, then conditions from the top), then segments. */
export function readsOf(cell: Cell, cells: Cells): Cell[] {
  const { flags, segments } = needsOf(cell)
  const reads: (Cell | undefined)[] = [...flags.map(key => cells.flag(key)), ...segments.map(key => cells.segment(key))]
  return reads.filter(read => read !== undefined)
}

/** The first stopped key in reading order: its own, or one among all that is read, directly or not. */
export function stoppedBy(start: Cell, cells: Cells): string | undefined {
  const seen = new Set<Cell>()
  const waiting = [start]
  for (let cell = waiting.pop(); cell !== undefined; cell = waiting.pop()) {
    if (cell.stopped) return cell.key
    if (cell.free || seen.has(cell)) continue
    seen.add(cell)
    // One by one: a flag may read more than a call takes arguments.
    for (const read of readsOf(cell, cells).reverse()) waiting.push(read)
  }
  for (const cell of seen) cell.free = true
  return undefined
}

/** These and all that they read, directly or not. */
export function reachable(start: readonly Cell[], cells: Cells): ReadonlySet<Cell> {
  const reached = new Set(start)
  // A set that grows while it is walked is walked to its new end.
  for (const cell of reached) for (const read of readsOf(cell, cells)) reached.add(read)
  return reached
}
