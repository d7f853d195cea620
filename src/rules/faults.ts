import { MAX_FLAG_READS_COUNT, MAX_READ_HOPS_COUNT, MAX_SEGMENT_READS_COUNT } from '../base/limits.ts'
import type { Cells, Fault } from './cell.ts'
import { lookAt } from './loaded.ts'
import { type Cell, NEEDS_NOTHING, needsOf, readsOf } from './reads.ts'
import type { FaultCode } from './reasons.ts'
import type { RegexEngine } from './regex.ts'
import type { Flag, Segment } from './types.ts'

/** What this process was given: rules may need what it lacks. */
export interface Given {
  readonly regex: RegexEngine | undefined
  readonly hasSecret: (name: string) => boolean
}

/**
 * The fault of a flag or segment: its own, or that of the first thing in reading order that has one, found there or
 * further down. `via` names what has to be repaired and not the way there. Kept in the cell, which is replaced when
 * anything that it reads changes.
 */
export function faultOf(cell: Cell, cells: Cells, given: Given): Fault | undefined {
  if (cell.fault === undefined) cell.fault = ownFault(cell, cells, given) ?? inherited(cell, cells, given) ?? null
  return cell.fault ?? undefined
}

function inherited(cell: Cell, cells: Cells, given: Given): Fault | undefined {
  for (const read of readsOf(cell, cells)) {
    const found = faultOf(read, cells, given)
    if (found !== undefined) return found.own ? { code: found.code, via: read.key, own: false } : found
  }
  return undefined
}

/** Ordered, so that the code is the same in every implementation. */
function ownFault(cell: Cell, cells: Cells, given: Given): Fault | undefined {
  const fault = cell.loaded && lookAt<Flag | Segment>(cell.loaded).fault
  const needs = needsOf(cell)
  const own = (code: FaultCode, via?: string): Fault => ({ code, via, own: true })
  if (fault !== undefined) return own(fault)
  if (needs === NEEDS_NOTHING) return undefined
  if (given.regex !== undefined && !needs.patterns.every(pattern => compiles(pattern, given.regex!)))
    return own('malformed')
  if (isOnCycle(cell, cells)) return own('cycle')
  if (isTooMuch(cell, cells)) return own('too_many_reads')
  const missing = needs.segments.find(key => cells.segment(key) === undefined)
  if (missing !== undefined) return own('segment_missing', missing)
  if (!needs.secrets.every(given.hasSecret)) return own('secret_missing')
  return needs.patterns.length > 0 && given.regex === undefined ? own('regex_missing') : undefined
}

function compiles(pattern: string, regex: RegexEngine): boolean {
  try {
    regex.compile(pattern)
    return true
  } catch {
    return false
  }
}

/**
 * Whether it can reach itself. Found at once for all that it reaches, as Tarjan's components: none is walked through
 * again, however many ask. Kept in the cell, like the fault.
 */
function isOnCycle(start: Cell, cells: Cells): boolean {
  const entered = new Map<Cell, number>()
  /** The earliest that each leads back to, once all that it reads has been walked through. */
  const earliest = new Map<Cell, number>()
  const open: Cell[] = []
  const path = [start]
  for (let cell = path.at(-1); cell !== undefined; cell = path.at(-1)) {
    if (cell.cyclic !== undefined || earliest.has(cell)) {
      path.pop()
      continue
    }
    const reads = readsOf(cell, cells).filter(read => read.cyclic === undefined)
    const at = entered.get(cell)
    if (at === undefined) {
      entered.set(cell, entered.size)
      open.push(cell)
      for (const read of reads) if (!entered.has(read)) path.push(read)
      continue
    }
    const back = reads.reduce((least, read) => Math.min(least, earliest.get(read) ?? entered.get(read)!), at)
    earliest.set(cell, back)
    if (back < at) continue
    const component = open.splice(open.lastIndexOf(cell))
    for (const one of component) one.cyclic = component.length > 1 || reads.includes(cell)
  }
  return start.cyclic!
}

/**
 * Counts what an evaluation may cost: what is read twice counts twice. The walk ends where a cap is passed, so it is
 * short whatever is in the rules, cycles further down included.
 */
function isTooMuch(start: Cell, cells: Cells): boolean {
  let flags = 1
  let segments = 0
  const walk = (cell: Cell, hops: number): boolean => {
    if (hops > MAX_READ_HOPS_COUNT) return true
    const needs = needsOf(cell)
    flags += needs.flags.length
    segments += needs.segments.length
    if (flags > MAX_FLAG_READS_COUNT || segments > MAX_SEGMENT_READS_COUNT) return true
    for (const read of readsOf(cell, cells)) {
      if (!isOnCycle(read, cells) && walk(read, hops + 1)) return true
    }
    return false
  }
  return walk(start, 0)
}
