import { fromUtf8 } from '../base/bytes.ts'
import { type Check, type Flaw, isKey, malformed, startCheck } from './check.ts'
import { checkFlag, checkSegment } from './check-flag.ts'
import type { FaultCode } from './reasons.ts'

/** What lies outside a flag or segment that has no fault. */
export interface Needs {
  /** Keys in the order in which they are read, each as often as it is read. */
  readonly flags: readonly string[]
  readonly segments: readonly string[]
  /** Names of secrets. */
  readonly secrets: readonly string[]
  /** Of `matches`. */
  readonly patterns: readonly string[]
  /** That time conditions name, in milliseconds. */
  readonly times: readonly number[]
}

/** What looking at a flag or segment found. */
export interface Found<Source> {
  /** Has the wire type only where `fault` is undefined. */
  readonly source: Source
  readonly fault: FaultCode | undefined
  /** Undefined where there is none, as in most flags. */
  readonly needs: Needs | undefined
  readonly flaws: readonly Flaw[]
}

/**
 * A flag or segment of a part. It is parsed and looked at when somebody first asks, so that ten thousand flags
 * cost a process that uses twenty of them next to nothing.
 */
export interface Loaded<Source> {
  readonly kind: 'flags' | 'segments'
  readonly key: string
  /** The part that it stands in, and where: one JSON value in UTF-8. */
  part: Uint8Array
  from: number
  to: number
  /** Whether it may need other flags or segments, so that who looks for readers need not ask the others. */
  readonly reads: boolean
  /** Undefined until first asked for. */
  found: Found<Source> | undefined
}

export function lookAt<Source>(loaded: Loaded<Source>): Found<Source> {
  loaded.found ??= lookInto<Source>(loaded.kind, loaded.key, JSON.parse(fromUtf8(bytesOf(loaded))!))
  return loaded.found
}

export function bytesOf({ part, from, to }: Loaded<unknown>): Uint8Array {
  return part.subarray(from, to)
}

/**
 * What stayed as it was stands in the newer part from now on. Else it would keep each part in memory that it ever stood
 * in, all for the sake of one flag. What was found is the same for both.
 */
export function move<Source>(held: Loaded<Source>, newer: Loaded<Source>): void {
  held.part = newer.part
  held.from = newer.from
  held.to = newer.to
  newer.found ??= held.found
}

const LOOK = { flags: checkFlag, segments: checkSegment }

/** What JSON.parse made, or would make of what is printed later. */
export function lookInto<Source>(kind: keyof typeof LOOK, key: string, source: unknown): Found<Source> {
  const check = startCheck(kind, key)
  if (!isKey(key)) malformed(check, 'key_form')
  LOOK[kind](check, source)
  return { source: source as Source, fault: check.fault, needs: needsOf(check), flaws: check.flaws }
}

function needsOf({ fault, flags, segments, secrets, patterns, times }: Check): Needs | undefined {
  if (fault !== undefined || !(flags ?? segments ?? secrets ?? patterns ?? times)) return undefined
  const none: never[] = []
  return {
    flags: flags ?? none,
    segments: segments ?? none,
    secrets: secrets ?? none,
    patterns: patterns ?? none,
    times: times ?? none,
  }
}
