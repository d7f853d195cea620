import { utf8 } from '../base/bytes.ts'
import { BUCKETS } from '../base/limits.ts'

/**
 * MurmurHash3 x86 32 over the UTF-8 form of a text; a lone surrogate counts as U+FFFD.
 * ASCII is hashed where it stands, without an allocation; the first other code unit sends the text to the byte form.
 */
export function murmur3(text: string, seed: number): number {
  return hash32(text, seed) >>> 0
}

/** Signed, because V8 keeps a signed 32-bit number without an allocation. */
function hash32(text: string, seed: number): number {
  const length = text.length
  const blocks = length & ~3
  let hash = seed | 0
  let i = 0
  for (; i < blocks; i += 4) {
    const a = text.charCodeAt(i)
    const b = text.charCodeAt(i + 1)
    const c = text.charCodeAt(i + 2)
    const d = text.charCodeAt(i + 3)
    if ((a | b | c | d) > 0x7f) return hashBytes(utf8(text), seed)
    hash = mixBlock(hash, a | (b << 8) | (c << 16) | (d << 24))
  }
  let tail = 0
  for (let shift = 0; i < length; i++, shift += 8) {
    const unit = text.charCodeAt(i)
    if (unit > 0x7f) return hashBytes(utf8(text), seed)
    tail |= unit << shift
  }
  return finish(hash, tail, length)
}

function hashBytes(bytes: Uint8Array, seed: number): number {
  const length = bytes.length
  const blocks = length & ~3
  let hash = seed | 0
  let i = 0
  for (; i < blocks; i += 4) {
    hash = mixBlock(hash, bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24))
  }
  let tail = 0
  for (let shift = 0; i < length; i++, shift += 8) tail |= bytes[i]! << shift
  return finish(hash, tail, length)
}

function scramble(block: number): number {
  const k = Math.imul(block, 0xcc9e2d51)
  return Math.imul((k << 15) | (k >>> 17), 0x1b873593)
}

function mixBlock(hash: number, block: number): number {
  const mixed = hash ^ scramble(block)
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0
}

/** A tail of zero bits scrambles to zero, so that a missing tail needs no branch. */
function finish(hash: number, tail: number, length: number): number {
  let h = hash ^ scramble(tail) ^ length
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/** floor(hash * 100000 / 2^32): 0 to 99,999. */
export function bucketOf(unit: string, seed: number): number {
  return (((hash32(unit, seed) >>> 0) * BUCKETS) / 0x1_0000_0000) | 0
}

/** The seed of a split or bucket condition: the stored salt, hashed; signed. */
export function seedOf(salt: string): number {
  return hash32(salt, 0)
}

/** The part that holds a flag or segment; `count` is a power of two. */
export function partOf(key: string, count: number): number {
  return hash32(key, 0) & (count - 1)
}
