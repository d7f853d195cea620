import { EnsignError } from '../base/errors.ts'
import { isObject, parseJson } from '../base/json.ts'
import { MAX_KEY_LENGTH, MAX_PART } from '../base/limits.ts'
import { type Check, isKey, malformed, type Problem, startCheck } from './check.ts'
import { checkFlag, checkSegment } from './check-flag.ts'
import type { FaultCode } from './reasons.ts'
import type { Flag, Segment } from './types.ts'

/** A flag or segment that was looked at. `source` has the wire type only where `fault` is undefined. */
export interface Loaded<Source> {
  readonly source: Source
  readonly fault: FaultCode | undefined
  /** Undefined where there is none, as in most flags. */
  readonly needs: Needs | undefined
}

/** What lies outside a flag or segment that has no fault. */
export interface Needs {
  /** Keys in the order in which they are read, each as often as it is read. */
  readonly flags: readonly string[]
  readonly segments: readonly string[]
  /** Names of secrets. */
  readonly secrets: readonly string[]
  /** Of `matches`. */
  readonly patterns: readonly string[]
}

/** The same object means the same rules: `apply` looks only at parts that it does not hold yet. */
export interface LoadedPart {
  readonly flags: ReadonlyMap<string, Loaded<Flag>>
  readonly segments: ReadonlyMap<string, Loaded<Segment>>
  readonly problems: readonly Problem[]
  /** Whether `matches` occurs: only then is a regex engine worth loading. */
  readonly usesRegex: boolean
}

/**
 * Looks at everything and compiles nothing. Throws `too_large`, `json` and `json_shape` for bytes that are no part at all; whatever
 * else is wrong is a problem of one flag or segment, which then evaluates to an error.
 */
export function loadPart(bytes: Uint8Array, at?: string): LoadedPart {
  const part = parseJson(bytes, MAX_PART, at)
  if (!isObject(part)) throw new EnsignError('json_shape', 'a part must be an object', at === undefined ? {} : { at })
  const problems: Problem[] = []
  const flags = loadAll<Flag>(part, 'flags', checkFlag, problems, at)
  const segments = loadAll<Segment>(part, 'segments', checkSegment, problems, at)
  const usesRegex = [flags, segments].some(map => [...map.values()].some(one => (one.needs?.patterns.length ?? 0) > 0))
  return Object.freeze({ flags, segments, problems: Object.freeze(problems), usesRegex })
}

function loadAll<Source>(
  part: Record<string, unknown>,
  kind: 'flags' | 'segments',
  look: (check: Check, value: unknown) => void,
  problems: Problem[],
  at: string | undefined,
): Map<string, Loaded<Source>> {
  const loaded = new Map<string, Loaded<Source>>()
  const sources = Object.hasOwn(part, kind) ? part[kind] : {}
  if (!isObject(sources))
    throw new EnsignError('json_shape', `\`${kind}\` must be an object`, at === undefined ? {} : { at })
  for (const key of Object.keys(sources)) {
    const check = startCheck(kind, key, problems)
    if (!isKey(key)) malformed(check, `a key must be 1 to ${MAX_KEY_LENGTH} of A-Z a-z 0-9 . _ -`)
    look(check, sources[key])
    loaded.set(key, { source: sources[key] as Source, fault: check.fault, needs: needsOf(check) })
  }
  return loaded
}

function needsOf({ fault, flags, segments, secrets, patterns }: Check): Needs | undefined {
  if (fault !== undefined || (!flags && !segments && !secrets && !patterns)) return undefined
  return { flags: flags ?? [], segments: segments ?? [], secrets: secrets ?? [], patterns: patterns ?? [] }
}
