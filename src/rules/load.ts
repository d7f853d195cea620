import type { FaultCode } from './reasons.ts'
import type { Flag, Segment } from './types.ts'

/** Something wrong in a part. It puts one flag or segment in error and leaves the others alone. */
export interface Problem {
  readonly code: FaultCode
  /** JSON pointer into the part. */
  readonly at: string
  readonly what: string
}

/** A flag or segment that was looked at. `source` has the wire type only where `fault` is undefined. */
export interface Loaded<Source> {
  readonly source: Source
  readonly fault: FaultCode | undefined
  /** Keys of flags and segments in the order in which they are read; null: none, as most. */
  readonly reads: Reads | null
}

export interface Reads {
  readonly flags: readonly string[]
  readonly segments: readonly string[]
}

/** The same object means the same rules: `apply` looks only at parts that it does not hold yet. */
export interface LoadedPart {
  readonly flags: ReadonlyMap<string, Loaded<Flag>>
  readonly segments: ReadonlyMap<string, Loaded<Segment>>
  readonly problems: readonly Problem[]
  /** Whether `matches` occurs: only then is a regex engine worth loading. */
  readonly usesRegex: boolean
}
