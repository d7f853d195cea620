import { EnsignError } from '../base/errors.ts'
import { MAX_FLAG_READS_COUNT, MAX_SEGMENT_READS_COUNT } from '../base/limits.ts'
import type { Cells, Fault, FlagCell, SegmentCell } from './cell.ts'
import type { Loaded, Needs } from './load.ts'
import type { FaultCode } from './reasons.ts'

/** What this process was given: rules may need what it lacks. */
export interface Given {
  readonly hasRegex: boolean
  readonly hasSecret: (name: string) => boolean
}

/** Thrown while a flag is compiled and caught where its verdict is made. */
export function fault(code: FaultCode, what: string, cause?: unknown): EnsignError<FaultCode> {
  return new EnsignError(code, what, cause === undefined ? {} : { cause })
}

/** The same on its way up: `at` is the key of what is in error itself. */
export function faultVia(code: FaultCode, via: string): EnsignError<FaultCode> {
  return new EnsignError(code, 'something that is read is in error', { at: via })
}

interface Walk {
  readonly path: (FlagCell | SegmentCell)[]
  flags: number
  segments: number
}

/**
 * The first fault in what a flag reads, in reading order: requirements, then conditions from the top, each followed
 * all the way down. What is read twice counts twice, as it costs twice; so the walk is short whatever is in the rules.
 */
export function faultOf(cell: FlagCell, cells: Cells, given: Given): Fault | undefined {
  const found = walkFlag(cell, cells, given, { path: [], flags: 0, segments: 0 })
  return found === undefined || found.via !== cell.key ? found : { ...found, via: undefined }
}

function walkFlag(cell: FlagCell, cells: Cells, given: Given, walk: Walk): Fault | undefined {
  if (++walk.flags > MAX_FLAG_READS_COUNT) return { code: 'too_many_reads', via: undefined }
  return walkReads(cell, cell.loaded, cells, given, walk)
}

function walkReads(
  cell: FlagCell | SegmentCell,
  loaded: Loaded<unknown> | undefined,
  cells: Cells,
  given: Given,
  walk: Walk,
): Fault | undefined {
  if (walk.path.includes(cell)) return { code: 'cycle', via: cell.key }
  const code = loaded === undefined ? undefined : (loaded.fault ?? lacking(loaded.needs, given))
  if (code !== undefined) return { code, via: cell.key }
  const needs = loaded?.needs
  if (needs === undefined) return undefined
  walk.path.push(cell)
  for (const key of needs.flags) {
    const read = cells.flag(key)
    const found = read === undefined ? undefined : walkFlag(read, cells, given, walk)
    if (found !== undefined) return found
  }
  for (const key of needs.segments) {
    const found = walkSegment(key, cells, given, walk)
    if (found !== undefined) return found
  }
  walk.path.pop()
  return undefined
}

function walkSegment(key: string, cells: Cells, given: Given, walk: Walk): Fault | undefined {
  if (++walk.segments > MAX_SEGMENT_READS_COUNT) return { code: 'too_many_reads', via: undefined }
  const read = cells.segment(key)
  return read === undefined ? { code: 'segment_missing', via: key } : walkReads(read, read.loaded, cells, given, walk)
}

function lacking(needs: Needs | undefined, given: Given): FaultCode | undefined {
  if (needs === undefined) return undefined
  if (!needs.secrets.every(given.hasSecret)) return 'secret_missing'
  return needs.regex && !given.hasRegex ? 'regex_missing' : undefined
}
