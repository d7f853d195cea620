import fc from 'fast-check'
import { expect, it } from 'vitest'
import { canonical, type Json } from '../../src/base/json.ts'
import { sameJson } from '../../src/base/samejson.ts'

/** Few leaves and names, so that two values are often nearly the same. */
const json = fc.letrec<{ json: unknown }>(tie => ({
  json: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(null, true, 0, -0, 1, '', 'a', '\u20ac'),
    fc.array(tie('json'), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom('a', 'b', '0', 'toString'), fc.option(tie('json'), { nil: undefined }), {
      maxKeys: 2,
    }),
  ),
})).json

it('says what a comparison of the printed texts says', () => {
  let same = 0
  fc.assert(
    fc.property(json, json, (a, b) => {
      const printed = canonical(a as Json) === canonical(b as Json)
      if (printed) same++
      expect(sameJson(a, b)).toBe(printed)
      expect(sameJson(a, structuredClone(a))).toBe(true)
    }),
    { numRuns: 3000 },
  )
  expect(same).toBeGreaterThan(0)
})

it('takes no member from a prototype', () => {
  expect(sameJson({ toString: 1 }, { valueOf: 1 })).toBe(false)
  expect(sameJson({ toString: Object.prototype.toString }, {})).toBe(false)
  expect(sameJson([], {})).toBe(false)
})
