import { BUCKETS } from '../../base/limits.ts'
import { bucketOf, murmur3, seedOf } from '../../rules/hash.ts'

const HASHES = 0x1_0000_0000

/**
 * A unit of eight printable characters that falls into this bucket under this salt: MurmurHash3 is run backwards, from
 * a hash of the bucket to the last four characters, until these are printable.
 */
export function unitInBucket(salt: string, bucket: number): string {
  const seed = seedOf(salt)
  const first = Math.ceil((bucket * HASHES) / BUCKETS)
  const count = Math.floor((HASHES - 1) / BUCKETS)
  for (let attempt = 0; ; attempt++) {
    const prefix = attempt.toString(36).padStart(4, '0')
    const hash = first + ((Math.imul(attempt, 2654435761) >>> 0) % count)
    const unit = prefix + lastBlock(prefix, seed, hash | 0)
    if (/^[\x21-\x7e]{8}$/.test(unit) && bucketOf(unit, seed) === bucket) return unit
  }
}

/** The four characters after which a text that starts with `prefix` has this hash. */
function lastBlock(prefix: string, seed: number, hash: number): string {
  const before = stateAfter(prefix, seed)
  const wanted = unfinish(hash) ^ 8
  const mixed = rotate(Math.imul((wanted - 0xe6546b64) | 0, 0xcccccccd), 19)
  const block = unscramble(mixed ^ before)
  return String.fromCharCode(block & 0xff, (block >>> 8) & 0xff, (block >>> 16) & 0xff, block >>> 24)
}

/** The inner state behind one block, read off the hash of that block alone. */
function stateAfter(prefix: string, seed: number): number {
  return unfinish(murmur3(prefix, seed) | 0) ^ prefix.length
}

/** Inverts the final mix. 0x7ed1b41d and 0xa5cb9243 are the inverses of its factors modulo 2^32. */
function unfinish(hash: number): number {
  let h = hash ^ (hash >>> 16)
  h = Math.imul(h, 0x7ed1b41d)
  h ^= (h >>> 13) ^ (h >>> 26)
  h = Math.imul(h, 0xa5cb9243)
  return h ^ (h >>> 16)
}

/** Inverts what a block goes through before it is mixed in. */
function unscramble(value: number): number {
  return Math.imul(rotate(Math.imul(value, 0x56ed309b), 17), 0xdee13bb1)
}

const rotate = (value: number, bits: number) => (value << bits) | (value >>> (32 - bits))
