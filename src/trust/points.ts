import { hex } from '../base/bytes.ts'

/** What a public key's bytes are: a point to trust, no point of the curve, or one under which anybody can forge. */
export type PointVerdict = 'good' | 'off_curve' | 'weak'

const P = 2n ** 255n - 19n
/** d = -A / B: all that has d in it is multiplied by B, or by B², which is a square. */
const A = 121665n
const B = 121666n
const SIGN_BIT = 2n ** 255n

/**
 * 32 bytes: y, little endian, the top bit the sign of x. WebCrypto implementations import small-order points, and
 * several accept forged signatures under them, so the eight of them are refused in every encoding.
 */
export function judgeEd25519(bytes: Uint8Array): PointVerdict {
  if (bytes.length !== 32) return 'off_curve'
  const encoded = numberOf(bytes.toReversed()) % SIGN_BIT
  const y = encoded % P
  const yy = (y * y) % P
  // Order 4; orders 1 and 2; order 8, whose double has y = 0, which gives d·y⁴ + 2·y² = 1.
  if (y === 0n || yy === 1n || mod(B * (2n * yy - 1n) - A * yy * yy, P) === 0n) return 'weak'
  if (encoded >= P) return 'off_curve'
  // x² = (y² - 1) / (d·y² + 1) is a square exactly where the product is; the divisor is never 0.
  return jacobi(mod((yy - 1n) * B * (B - A * yy), P), P) === 1 ? 'good' : 'off_curve'
}

const Q = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn
const CONSTANT = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn

/** P-256 has a prime order, so that a point on the curve is a good one. */
export function judgeP256(x: Uint8Array, y: Uint8Array): PointVerdict {
  if (x.length !== 32 || y.length !== 32) return 'off_curve'
  const [a, b] = [numberOf(x), numberOf(y)]
  return a < Q && b < Q && mod(b * b - (a * a * a - 3n * a + CONSTANT), Q) === 0n ? 'good' : 'off_curve'
}

function numberOf(bigEndian: Uint8Array): bigint {
  return BigInt(`0x${hex(bigEndian)}`)
}

function mod(value: bigint, modulus: bigint): bigint {
  const rest = value % modulus
  return rest < 0n ? rest + modulus : rest
}

/** The Jacobi symbol, eight times as fast as a power: 1 for a square, -1 for another number, 0 for a multiple. */
function jacobi(value: bigint, modulus: bigint): number {
  let [a, n, sign] = [value, modulus, 1]
  while (a !== 0n) {
    const low = Number(a & 0xffffffffn)
    const zeros = low === 0 ? 32 : 31 - Math.clz32(low & -low)
    a >>= BigInt(zeros)
    const rest = Number(n & 7n)
    if (zeros % 2 === 1 && (rest === 3 || rest === 5)) sign = -sign
    if (low === 0) continue
    if ((a & n & 3n) === 3n) sign = -sign
    const next = n % a
    n = a
    a = next
  }
  return n === 1n ? sign : 0
}
