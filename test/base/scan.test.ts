import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromUtf8, utf8 } from '../../src/base/bytes.ts'
import { skipMembers, skipSpace, skipValue } from '../../src/base/scan.ts'

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Whether the scanner takes the whole text as one value. */
const isScanned = (json: string): boolean => {
  const text = utf8(json)
  const end = skipValue(text, skipSpace(text, 0))
  return end >= 0 && skipSpace(text, end) === text.length
}

const spaced = fc
  .tuple(
    fc.json({ maxDepth: 4 }),
    fc.array(fc.constantFrom('', ' ', '\n', '\t', '\r '), { minLength: 5, maxLength: 5 }),
  )
  // Between tokens and not inside of strings: what a printer puts there.
  .map(([json, spaces]) => JSON.stringify(JSON.parse(json), null, spaces[0]).replace(/^|$/g, spaces[1]!))

/** Near misses: a piece taken out, doubled, or put in. */
const mutated = fc
  .tuple(spaced, fc.nat(), fc.nat(4), fc.constantFrom(...'{}[]",:\\u0019-+.eEtfn \u0001\u00e9', '\\"', '\\u00', 'NaN'))
  .map(([text, at, cut, put]) => {
    const place = at % (text.length + 1)
    return text.slice(0, place) + put + text.slice(place + cut)
  })

describe('the scanner', () => {
  it('takes what JSON.parse takes', () => {
    fc.assert(fc.property(spaced, text => isScanned(text)))
  })

  it('refuses what JSON.parse refuses', () => {
    let refused = 0
    fc.assert(
      fc.property(mutated, text => {
        const expected = isJson(text)
        if (!expected) refused++
        return isScanned(text) === expected
      }),
      { numRuns: 3_000 },
    )
    expect(refused).toBeGreaterThan(1_000)
  })

  it.each([
    [
      '',
      '{',
      '[',
      '"',
      '"\\',
      '"\\u12',
      '-',
      '1.',
      '1e',
      '1e+',
      '.5',
      '01',
      '+1',
      'tru',
      'truex',
      'nul',
      '[1,]',
      '{"a":1,}',
    ],
    [
      '{,}',
      '[,1]',
      '{"a"}',
      '{"a":}',
      '{a:1}',
      "{'a':1}",
      '[1}',
      '{"a":1]',
      '[1 2]',
      '"\n"',
      '"\\x"',
      '1 1',
      '\u00a01',
      '\ufeff1',
    ],
  ])('refuses %j and the like', (...texts) => {
    for (const text of texts) expect([text, isScanned(text), isJson(text)]).toEqual([text, false, false])
  })

  it('is not in the way of depth', () => {
    const text = utf8(`${'[{"a":'.repeat(200_000)}1${'}]'.repeat(200_000)}`)
    expect(skipValue(text, 0)).toBe(text.length)
    expect(skipValue(text.subarray(0, -1), 0)).toBe(-1)
  })

  it('gives each member with its name and its place', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 2 })),
        fc.constantFrom('', ' ', '\n'),
        (value, space) => {
          const json = JSON.stringify(value, null, space)
          const text = utf8(json)
          const found: [string, unknown][] = []
          const end = skipMembers(text, 0, (name, at) => {
            const after = skipValue(text, at)
            found.push([name, JSON.parse(fromUtf8(text.subarray(at, after))!)])
            return after
          })
          expect(end).toBe(text.length)
          expect(found).toEqual(Object.entries(JSON.parse(json) as object))
        },
      ),
    )
  })
})
