import { parseJson } from '../base/json.ts'
import * as is from '../trust/shape.ts'
import type { Memory } from './memory.ts'

const MAX_MEMORY = 16 * 1024

const memoryShape = is.object<Memory>({
  genesis: is.digest,
  project: is.id,
  environment: is.id,
  root: is.reference,
  epoch: is.version,
  sequence: is.version,
  head: is.digest,
  issued: is.time,
  release: is.reference,
  clears: is.nullable(is.reference),
  stop: is.nullable(is.reference),
  log: is.object({ size: is.version, root: is.digest }),
})

/** A memory that was written to a file as JSON. Whoever can change that file can make its reader forget. */
export function readMemory(bytes: Uint8Array, at = 'memory'): Memory {
  return memoryShape(parseJson(bytes, MAX_MEMORY, at), at)
}
