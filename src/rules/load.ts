import { fromUtf8 } from '../base/bytes.ts'
import { EnsignError } from '../base/errors.ts'
import { decodeJson } from '../base/json.ts'
import { MAX_PART } from '../base/limits.ts'
import { OPEN_OBJECT, skipMembers, skipSpace, skipValue } from '../base/scan.ts'
import type { Loaded } from './loaded.ts'
import type { Flag, Segment } from './types.ts'

/** The same object means the same rules: `apply` looks only at parts that it does not hold yet. */
export interface LoadedPart {
  readonly flags: ReadonlyMap<string, Loaded<Flag>>
  readonly segments: ReadonlyMap<string, Loaded<Segment>>
  /** Whether `matches` may occur: only then is a regex engine worth loading. */
  readonly usesRegex: boolean
}

/**
 * Finds the flags and segments of a part. Throws `too_large`, `json` and `json_shape` for bytes that are no part at all;
 * whatever else is wrong is a problem of one flag or segment, which then evaluates to an error. The bytes are kept, and must
 * never change.
 */
export function loadPart(bytes: Uint8Array, at?: string): LoadedPart {
  const text = decodeJson(bytes, MAX_PART, at)
  const flags = new Map<string, Loaded<Flag>>()
  const segments = new Map<string, Loaded<Segment>>()
  const reads = mayRead(text)
  const start = skipSpace(bytes, 0)
  const misshapen = new Set<string>()
  const end = skipMembers(bytes, start, (name, from) => {
    if (name !== 'flags' && name !== 'segments') return skipValue(bytes, from)
    // Of two members of one name the last counts, as with JSON.parse.
    const all = name === 'flags' ? flags : segments
    all.clear()
    misshapen.delete(name)
    if (bytes[from] === OPEN_OBJECT) return findAll(bytes, from, name, reads, all as Map<string, Loaded<unknown>>)
    misshapen.add(name)
    return skipValue(bytes, from)
  })
  if (end < 0 || skipSpace(bytes, end) !== bytes.length || misshapen.size > 0) throw notAPart(bytes, start, at)
  return Object.freeze({ flags, segments, usesRegex: mayHold(text, 'matches') })
}

function findAll(
  part: Uint8Array,
  at: number,
  kind: 'flags' | 'segments',
  reads: boolean,
  all: Map<string, Loaded<unknown>>,
): number {
  return skipMembers(part, at, (key, from) => {
    const to = skipValue(part, from)
    if (to < 0) return to
    const one = {
      kind,
      key,
      part,
      from,
      to,
      reads: reads && mayRead(fromUtf8(part.subarray(from, to))!),
      found: undefined,
    }
    all.set(key, one)
    return to
  })
}

/** Whether a member of this name may stand somewhere in there; with escapes, it may be any. */
function mayHold(text: string, name: string): boolean {
  return text.includes(`${name}"`) || text.includes('\\')
}

/** What is not JSON is told as that, wherever it stands. */
function notAPart(bytes: Uint8Array, start: number, at: string | undefined): EnsignError {
  const end = skipValue(bytes, start)
  return end < 0 || skipSpace(bytes, end) !== bytes.length
    ? new EnsignError('json', 'not JSON', { at })
    : new EnsignError('json_shape', undefined, { at })
}

const mayRead = (text: string): boolean => mayHold(text, 'flag') || mayHold(text, 'segment')
