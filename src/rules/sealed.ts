import { concat, hex, utf8 } from '../base/bytes.ts'
import { hmacSha256 } from '../base/sha256.ts'
import type { AttributeName, Sealed } from './types.ts'

/** A secret is bytes; a string stands for its UTF-8 bytes. */
export type Secret = Uint8Array | string

const DOMAIN = utf8('ensign-sealed-v1\n')
const STRING = Uint8Array.of(0x73)
const NUMBER = Uint8Array.of(0x6e)
const KEPT_BYTES = 16

/**
 * One value as `sealed` lists it: the first 16 bytes of HMAC-SHA-256(secret, message) as 32 lower-case hex digits.
 *
 *   message  = "ensign-sealed-v1" 0x0a, name, type, value
 *   name     = for each name of the attribute's path in order (one name is a path of one):
 *              length of its UTF-8 bytes as 4 bytes, big-endian, then these bytes
 *   type     = 0x73 for a string, 0x6e for a number
 *   value    = of a string: its UTF-8 bytes after `norm`, a lone surrogate being U+FFFD;
 *              of a number: its shortest decimal text as JSON (RFC 8785) prints it, -0 as 0
 *   norm     = "none", or "trim-lower": space, tab, LF, VT, FF and CR go from both ends, then A-Z become a-z;
 *              numbers are not touched
 */
export function seal(secret: Secret, attribute: AttributeName, value: string | number, norm: Sealed['norm']): string {
  return sealer(secret, attribute, norm)(value)
}

/** `seal` for many values under one secret and attribute: the key is worked out and the name encoded once. */
export function sealer(
  secret: Secret,
  attribute: AttributeName,
  norm: Sealed['norm'],
): (value: string | number) => string {
  const key = typeof secret === 'string' ? utf8(secret) : secret
  if (!(key instanceof Uint8Array)) throw new TypeError('a secret is bytes or a string')
  const mac = hmacSha256(key)
  const names = typeof attribute === 'string' ? [attribute] : attribute
  const start = concat(DOMAIN, ...names.map(lengthPrefixed))
  return value => {
    const type = typeof value === 'number' ? NUMBER : STRING
    const text = type === STRING && norm === 'trim-lower' ? trimLower(value as string) : String(value)
    return hex(mac(concat(start, type, utf8(text))).subarray(0, KEPT_BYTES))
  }
}

function lengthPrefixed(name: string): Uint8Array {
  const bytes = utf8(name)
  const length = new Uint8Array(4)
  new DataView(length.buffer).setUint32(0, bytes.length)
  return concat(length, bytes)
}

function trimLower(text: string): string {
  return text
    .replace(/^[ \t\n\v\f\r]+/, '')
    .replace(/[ \t\n\v\f\r]+$/, '')
    .replace(/[A-Z]+/g, upper => upper.toLowerCase())
}
