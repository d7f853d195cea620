import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FALSE, TRUE, UNKNOWN } from '../../src/rules/kleene.ts'
import { ownStringTest } from '../../src/rules/operators/text.ts'

/** Few letters, so that texts meet: many share the first and the last one, some are empty. */
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'A', '\u00e9', '\ud83d\ude00'), maxLength: 4 })

describe('a comparison with texts', () => {
  it('is membership, however many there are', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 20 }), fc.array(text), (operands, others) => {
        const test = ownStringTest('x', operands, false)!
        for (const x of [...operands, ...others, '']) {
          expect(test({ x }, 0)).toBe(operands.includes(x) ? TRUE : FALSE)
        }
        for (const x of [undefined, 1, [operands[0]], null]) expect(test({ x }, 0)).toBe(UNKNOWN)
        expect(test(Object.create({ x: operands[0] }) as object, 0)).toBe(UNKNOWN)
      }),
      { numRuns: 500 },
    )
  })
})
