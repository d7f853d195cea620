import fc from 'fast-check'
import { expect, it } from 'vitest'
import { canonical, type Json } from '../../src/base/json.ts'
import { printLarge } from '../../src/base/largejson.ts'

const outcome = (print: (value: Json) => string, value: unknown): string => {
  try {
    return print(value as Json)
  } catch (error) {
    return `refused: ${(error as { code: string }).code}`
  }
}

/** Names whose order engines change, texts that have no form, numbers that print in another way. */
const names = fc.constantFrom('b', 'a', 'Z', '10', '9', '1', '01', '__proto__', '\u20ac', '\r', 'toJSON')
const leaves = fc.oneof(
  fc.constantFrom(null, true, 0, -0, 1e21, 0.1, Number.NaN, '', '"', '\\ud800', '\ud800', '\ud83d\ude00', '\u2028'),
  fc.string({ unit: 'binary' }),
  fc.double(),
)
const values = fc.letrec<{ json: unknown }>(tie => ({
  json: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaves,
    fc.array(tie('json'), { maxLength: 3 }),
    fc
      .uniqueArray(fc.tuple(names, fc.option(tie('json'), { nil: undefined })), {
        maxLength: 5,
        selector: ([one]) => one,
      })
      .map(members => Object.fromEntries(members)),
  ),
})).json

it('prints and refuses what canonical prints and refuses', () => {
  fc.assert(
    fc.property(values, value => {
      expect(outcome(printLarge, value)).toBe(outcome(canonical, value))
    }),
    { numRuns: 3000 },
  )
})

it('refuses what is too deep at the same depth', () => {
  const nested = (depth: number): Json => (depth === 0 ? 1 : { b: 1, a: [nested(depth - 1)] })
  for (const depth of [30, 31, 32, 33]) {
    expect(outcome(printLarge, nested(depth)), String(depth)).toBe(outcome(canonical, nested(depth)))
  }
})

it('leaves the value as it was', () => {
  const value = { b: [{ d: 1, c: 2 }], a: 1 }
  printLarge(value)
  expect(JSON.stringify(value)).toBe('{"b":[{"d":1,"c":2}],"a":1}')
})
