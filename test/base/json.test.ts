import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromBase64url, fromHex, hex, utf8 } from '../../src/base/bytes.ts'
import { canonical, canonicalBytes, type Json, parseCanonical } from '../../src/base/json.ts'
import { formatTime, parseTime } from '../../src/base/time.ts'

const codeOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    return (error as { code: string }).code
  }
  return 'ok'
}

describe('canonical JSON', () => {
  it.each([
    ['{"a":1,"b":[true,null,"x"]}', 'ok'],
    ['{"b":1,"a":1}', 'json_not_canonical'],
    ['{"a":1,"a":1}', 'json_not_canonical'],
    ['{"a": 1}', 'json_not_canonical'],
    ['{"a":1e0}', 'json_not_canonical'],
    ['{"a":-0}', 'json_not_canonical'],
    ['{"a":1.5}', 'json_number'],
    ['{"a":9007199254740993}', 'json_number'],
    ['{"__proto__":1}', 'json_key'],
    ['{"a":"\\u0041"}', 'json_not_canonical'],
    ['{"a":"\\ud800"}', 'json_not_canonical'],
    ['{"a":1', 'json'],
    ['\ufeff{}', 'json'],
    [`${'['.repeat(70)}${']'.repeat(70)}`, 'too_deep'],
  ])('%s -> %s', (text, code) => {
    expect(codeOf(() => parseCanonical(utf8(text), 1000))).toBe(code)
  })

  it('refuses bytes over the cap and bytes that are not UTF-8', () => {
    expect(codeOf(() => parseCanonical(utf8('[1,2,3]'), 6))).toBe('too_large')
    expect(codeOf(() => parseCanonical(Uint8Array.of(0x22, 0xff, 0x22), 10))).toBe('json')
  })

  it('sorts members by UTF-16 code units, as RFC 8785 shows', () => {
    const members = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 }
    expect(Object.values(JSON.parse(canonical(members)) as object).sort()).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(canonical(members)).toBe('{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}')
  })

  it('round-trips every integer-only value', () => {
    const value = fc.letrec(tie => ({
      json: fc.oneof(
        fc.constant(null),
        fc.boolean(),
        fc.maxSafeInteger(),
        fc.string({ unit: 'grapheme' }),
        fc.array(tie('json'), { maxLength: 4 }),
        fc.dictionary(
          fc.string().filter(name => name !== '__proto__'),
          tie('json'),
          { maxKeys: 4 },
        ),
      ),
    })).json
    fc.assert(
      fc.property(value, json => {
        expect(parseCanonical(canonicalBytes(json as Json), 1e6)).toEqual(JSON.parse(JSON.stringify(json)))
      }),
    )
  })
})

describe('encodings', () => {
  it('accept one form only', () => {
    expect(fromBase64url('AQ')).toEqual(Uint8Array.of(1))
    for (const bad of ['AQ==', 'AR', 'A', 'A Q', 'AQ\n', '+w', '/w']) expect(fromBase64url(bad), bad).toBeUndefined()
    expect(hex(fromHex('00ff10')!)).toBe('00ff10')
    for (const bad of ['0', 'FF', 'zz']) expect(fromHex(bad), bad).toBeUndefined()
  })

  it('times round-trip or are refused', () => {
    expect(formatTime(parseTime('2026-02-28T23:59:59Z')!)).toBe('2026-02-28T23:59:59Z')
    for (const bad of [
      '2026-02-30T00:00:00Z',
      '2026-01-01T24:00:00Z',
      '2026-01-01T00:00:60Z',
      '2026-01-01T00:00:00.0Z',
      '2026-01-01T00:00:00+00:00',
      1,
      null,
    ]) {
      expect(parseTime(bad)).toBeUndefined()
    }
  })
})
