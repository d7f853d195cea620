import { hex } from '../base/bytes.ts'
import { sha256 } from '../base/sha256.ts'

/** SHA-256 in lower-case hex. */
export function digestOf(bytes: Uint8Array): string {
  return hex(sha256(bytes))
}
