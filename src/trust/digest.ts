import { sha256 } from '@noble/hashes/sha2.js'
import { hex } from '../base/bytes.ts'

/** SHA-256 in lower-case hex. */
export function digestOf(bytes: Uint8Array): string {
  return hex(sha256(bytes))
}
