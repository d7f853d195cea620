/**
 * SHA-256 and HMAC-SHA-256, FIPS 180-4 and RFC 2104, for where the answer is needed at once: WebCrypto's is a promise.
 * No private key comes near it; secrets of sealed values do, and no step below depends on what the bytes are.
 */

const BLOCK = 64
const INITIAL = new Int32Array(8)
const ROUNDS = new Int32Array(64)

/** Used again by each call: none waits, and none calls another before it is done. */
const schedule = new Int32Array(64)
const state = new Int32Array(8)
const tail = new Uint8Array(2 * BLOCK)

/** The first 32 bits behind the point of the square and cube roots of the first primes, which is how they are defined. */
function fillConstants(): void {
  const primes: number[] = []
  for (let number = 2; primes.length < ROUNDS.length; number++) {
    if (!primes.some(prime => number % prime === 0)) primes.push(number)
  }
  const bits = (root: number): number => ((root % 1) * 2 ** 32) | 0
  primes.forEach((prime, i) => {
    ROUNDS[i] = bits(prime ** (1 / 3))
    if (i < INITIAL.length) INITIAL[i] = bits(prime ** 0.5)
  })
}
fillConstants()

export function sha256(message: Uint8Array): Uint8Array<ArrayBuffer> {
  return finish(INITIAL, 0, message)
}

/** What the key does is worked out once, and each message then costs its own blocks and one more. */
export function hmacSha256(key: Uint8Array): (message: Uint8Array) => Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(BLOCK)
  block.set(key.length > BLOCK ? sha256(key) : key)
  const [inner, outer] = [0x36, 0x5c].map(pad => {
    const start = INITIAL.slice()
    const padded = block.map(byte => byte ^ pad)
    mix(start, padded, 0)
    return start
  }) as [Int32Array, Int32Array]
  return message => finish(outer, BLOCK, finish(inner, BLOCK, message))
}

/** Hashes on from `start`, the state after the first `before` bytes, which are whole blocks. */
function finish(start: Int32Array, before: number, message: Uint8Array): Uint8Array<ArrayBuffer> {
  state.set(start)
  let at = 0
  for (; at + BLOCK <= message.length; at += BLOCK) mix(state, message, at)
  const rest = message.length - at
  const end = rest + 9 > BLOCK ? 2 * BLOCK : BLOCK
  tail.fill(0)
  tail.set(message.subarray(at))
  tail[rest] = 0x80
  const bits = (before + message.length) * 8
  putWord(tail, end - 8, bits / 2 ** 32)
  putWord(tail, end - 4, bits)
  for (at = 0; at < end; at += BLOCK) mix(state, tail, at)
  const digest = new Uint8Array(32)
  for (let i = 0; i < state.length; i++) putWord(digest, i * 4, state[i]!)
  return digest
}

function putWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24
  bytes[at + 1] = word >>> 16
  bytes[at + 2] = word >>> 8
  bytes[at + 3] = word
}

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by))
}

/** One block of 64 bytes into a state. */
function mix(into: Int32Array, bytes: Uint8Array, start: number): void {
  const w = schedule
  for (let i = 0, at = start; i < 16; i++, at += 4) {
    w[i] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
  }
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15]!
    const y = w[i - 2]!
    const s0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3)
    const s1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10)
    w[i] = w[i - 16]! + s0 + w[i - 7]! + s1
  }
  let a = into[0]!
  let b = into[1]!
  let c = into[2]!
  let d = into[3]!
  let e = into[4]!
  let f = into[5]!
  let g = into[6]!
  let h = into[7]!
  for (let i = 0; i < 64; i++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + ROUNDS[i]! + w[i]!) | 0
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  into[0]! += a
  into[1]! += b
  into[2]! += c
  into[3]! += d
  into[4]! += e
  into[5]! += f
  into[6]! += g
  into[7]! += h
}
