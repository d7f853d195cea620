import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { fromBase64url, fromHex, hex } from '../../src/base/bytes.ts'
import { judgeEd25519, judgeP256 } from '../../src/trust/points.ts'
import { WEAK } from '../attacks/keys.ts'

const P = 2n ** 255n - 19n
const D = (-121665n * inverse(121666n)) % P
const mod = (value: bigint) => ((value % P) + P) % P

function power(base: bigint, exponent: bigint): bigint {
  if (exponent === 0n) return 1n
  const half = power((base * base) % P, exponent / 2n)
  return exponent % 2n === 0n ? half : (half * base) % P
}
function inverse(value: bigint): bigint {
  return power(((value % P) + P) % P, P - 2n)
}

type Point = readonly [x: bigint, y: bigint]

/** The affine addition law of the twisted Edwards curve: slow, complete, and independent of what is tested. */
function add([x1, y1]: Point, [x2, y2]: Point): Point {
  const product = mod(D * mod(x1 * x2) * mod(y1 * y2))
  return [mod((x1 * y2 + y1 * x2) * inverse(mod(1n + product))), mod((y1 * y2 + x1 * x2) * inverse(mod(1n - product)))]
}

function squareRoot(value: bigint): bigint | undefined {
  const root = power(value, (P + 3n) / 8n)
  for (const one of [root, mod(root * power(2n, (P - 1n) / 4n))]) if (mod(one * one - value) === 0n) return one
  return undefined
}

/** Points with this y. */
function pointsAt(y: bigint): Point[] {
  const x = squareRoot(mod((y * y - 1n) * inverse(mod(D * y * y + 1n))))
  if (x === undefined) return []
  return x === 0n
    ? [[0n, y]]
    : [
        [x, y],
        [P - x, y],
      ]
}

function encode(y: bigint, sign: bigint): Uint8Array {
  const bytes = new Uint8Array(32)
  for (let i = 0, rest = y | (sign << 255n); i < 32; i++, rest >>= 8n) bytes[i] = Number(rest & 255n)
  return bytes
}

describe('Ed25519 points', () => {
  it('of small order are all known: eight points, and every encoding of them', () => {
    const found = new Set<string>()
    for (const text of Object.values(WEAK)) {
      const bytes = fromHex(text)!
      let encoded = 0n
      for (let i = 31; i >= 0; i--) encoded = encoded * 256n + BigInt(bytes[i]!)
      for (const point of pointsAt((encoded & (2n ** 255n - 1n)) % P)) {
        let eight = point
        for (let i = 0; i < 3; i++) eight = add(eight, eight)
        expect(eight).toEqual([0n, 1n])
        found.add(point.join())
      }
      expect(judgeEd25519(bytes), text).toBe('weak')
    }
    expect(found.size).toBe(8)
    const ys = [...found].map(one => BigInt(one.split(',')[1]!))
    const encodings = new Set<string>()
    for (const y of ys) {
      for (const sign of [0n, 1n]) {
        encodings.add(hex(encode(y, sign)))
        if (y + P < 2n ** 255n) encodings.add(hex(encode(y + P, sign)))
      }
    }
    expect([...encodings].sort()).toEqual(Object.values(WEAK).sort())
  })

  it('are on the curve or not, as the curve equation says', () => {
    for (let y = 2n; y < 60n; y++) {
      expect(judgeEd25519(encode(y, 0n)), `${y}`).toBe(pointsAt(y).length > 0 ? 'good' : 'off_curve')
    }
  })

  it('over the field are refused', () => {
    for (let y = P + 2n; y < 2n ** 255n; y++) expect(judgeEd25519(encode(y, 0n))).toBe('off_curve')
  })

  it('of real keys are good', () => {
    for (let i = 0; i < 20; i++) {
      const { x } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })
      expect(judgeEd25519(fromBase64url(x!)!)).toBe('good')
    }
    expect(judgeEd25519(new Uint8Array(31))).toBe('off_curve')
  })
})

describe('P-256 points', () => {
  it('of real keys are good, and a bit off they are not', () => {
    for (let i = 0; i < 20; i++) {
      const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })
      const [x, y] = [fromBase64url(jwk.x!)!, fromBase64url(jwk.y!)!]
      expect(judgeP256(x, y)).toBe('good')
      y[i]! ^= 1
      expect(judgeP256(x, y)).toBe('off_curve')
    }
    expect(judgeP256(new Uint8Array(32), new Uint8Array(32))).toBe('off_curve')
    expect(judgeP256(new Uint8Array(33), new Uint8Array(32))).toBe('off_curve')
  })
})
