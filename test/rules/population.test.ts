import fc from 'fast-check'
import murmur from 'murmurhash3js-revisited'
import { describe, expect, it } from 'vitest'
import { utf8 } from '../../src/base/bytes.ts'
import { bucketOf, murmur3, seedOf } from '../../src/rules/hash.ts'
import { loadUnsignedRules } from '../../src/rules/unsigned.ts'

const SALTS = ['c8f31b0a', 'checkout', 'é☃', '00000000']

describe('the hash', () => {
  it('is the reference, over the UTF-8 of any text', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }))
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 2 ** 32 - 1 }), (unit, seed) => {
        expect(murmur3(unit, seed)).toBe(murmur.x86.hash32(utf8(unit), seed))
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('a population', () => {
  it('is spread evenly by every salt', () => {
    const UNITS = 1_000_000
    const CELLS = 100
    // The quantile of chi-square with 99 degrees of freedom at 1 - 1e-6.
    const LIMIT = 179.0
    for (const salt of SALTS) {
      const counts = new Array<number>(CELLS).fill(0)
      const seed = seedOf(salt)
      for (let i = 0; i < UNITS; i++) counts[Math.floor(bucketOf(`user-${i}`, seed) / 1_000)]!++
      const expected = UNITS / CELLS
      const chi = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
      expect(chi, salt).toBeLessThan(LIMIT)
    }
  })

  it('falls independently under two salts', () => {
    const UNITS = 250_000
    const SIDE = 10
    const counts = new Array<number>(SIDE * SIDE).fill(0)
    const [one, two] = [seedOf('c8f31b0a'), seedOf('c8f31b0b')]
    const tenth = (unit: string, seed: number) => Math.floor(bucketOf(unit, seed) / 10_000)
    for (let i = 0; i < UNITS; i++) counts[tenth(`user-${i}`, one) * SIDE + tenth(`user-${i}`, two)]!++
    const expected = UNITS / SIDE ** 2
    expect(counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)).toBeLessThan(179.0)
  })

  it('never changes its places', () => {
    let sum = 0
    const seed = seedOf('c8f31b0a')
    for (let i = 0; i < 10_000; i++) sum = (Math.imul(sum, 31) + bucketOf(`user-${i}`, seed)) | 0
    // A change of this number moves people in every running experiment.
    expect(sum).toBe(618_215_107)
  })

  it('moves only those whom a growing weight takes in', () => {
    const open = (weight: number) => {
      const then = { split: { by: 'id', salt: 'ramp', arms: weight === 0 ? [] : [[0, weight, 1]], rest: 0 } }
      const variants = [
        ['off', false],
        ['on', true],
      ]
      const flag = { on: true, type: 'boolean', variants, off: 0, salt: 's', rules: [], otherwise: then }
      return loadUnsignedRules(JSON.stringify({ flags: { f: flag } }), { now: () => 0 }).flags
    }
    const steps = [0, 1, 500, 10_000, 33_333, 99_999, 100_000].map(open)
    for (let i = 0; i < 5_000; i++) {
      const answers = steps.map(flags => flags.isEnabled('f', { id: `user-${i}` }))
      expect(answers, `user-${i}`).toEqual([...answers].sort())
      expect([answers[0], answers.at(-1)]).toEqual([false, true])
    }
  })
})
