import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgeEd25519 } from '../../src/trust/points.ts'

const P = 2n ** 255n - 19n
const D = 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3n

const bytesOf = (value: bigint) => Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn))

function power(base: bigint, exponent: bigint): bigint {
  if (exponent === 0n) return 1n
  const half = power((base * base) % P, exponent / 2n)
  return exponent % 2n === 1n ? (half * base) % P : half
}

/** By Euler's criterion: is (y² - 1) / (d·y² + 1) a square? */
function isOnCurve(y: bigint): boolean {
  const yy = (y * y) % P
  const xx = ((yy - 1n + P) * power((D * yy + 1n) % P, P - 2n)) % P
  return xx === 0n || power(xx, (P - 1n) / 2n) === 1n
}

describe('Ed25519 points', () => {
  it('are those that Euler finds', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 2n, max: P - 2n }), y => {
        const verdict = judgeEd25519(bytesOf(y))
        fc.pre(verdict !== 'weak')
        expect(verdict).toBe(isOnCurve(y) ? 'good' : 'off_curve')
      }),
      { numRuns: 300 },
    )
  })

  it.each([2n, 3n, 4n, 2n ** 32n, 2n ** 64n, 2n ** 200n, P - 3n])('y = %d', y => {
    expect(judgeEd25519(bytesOf(y))).toBe(isOnCurve(y) ? 'good' : 'off_curve')
  })
})
