import { isObject, parseCanonical } from '../base/json.ts'
import { MAX_PAYLOAD } from '../base/limits.ts'
import * as is from '../trust/shape.ts'
import { lineage, stateShape } from './shapes.ts'
import type { EventEntry, LogEntry } from './types.ts'

const eventEntry = is.object<EventEntry>({ type: is.only('event'), ...lineage, digest: is.digest, envelope: is.digest })

/**
 * An entry of the log in its one form; undefined for anything else. Whoever holds the publish key can log what he likes:
 * clients prove the last entry alone, and those who read all of them must not stumble over one.
 */
export function readEntry(bytes: Uint8Array): LogEntry | undefined {
  try {
    const value = parseCanonical(bytes, MAX_PAYLOAD)
    return isObject(value) && value.type === 'event' ? eventEntry(value, '') : stateShape(value, '')
  } catch {
    return undefined
  }
}
