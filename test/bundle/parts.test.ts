import { createHash } from 'node:crypto'
import fc from 'fast-check'
import murmur from 'murmurhash3js-revisited'
import { describe, expect, it } from 'vitest'
import { fromUtf8, utf8 } from '../../src/base/bytes.ts'
import type { Json } from '../../src/base/json.ts'
import {
  checkPart,
  checkPlacement,
  layoutParts,
  parseIndex,
  partCount,
  printIndex,
  readIndex,
} from '../../src/bundle/parts.ts'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const flag = { on: true, type: 'boolean' }
const tables = (bytes: Uint8Array) => JSON.parse(fromUtf8(bytes)!) as Record<'flags' | 'segments', Record<string, Json>>
const maps = (part: Record<'flags' | 'segments', Record<string, Json>>) => ({
  flags: new Map(Object.entries(part.flags)),
  segments: new Map(Object.entries(part.segments)),
})

describe('the layout', () => {
  it('is one line of canonical JSON for few flags', async () => {
    const { index, parts } = await layoutParts({ b: { z: 1, a: 2 }, a: true }, { s: {} })
    expect(parts.map(part => fromUtf8(part.bytes))).toEqual([
      '{"flags":{"a":true,"b":{"a":2,"z":1}},"segments":{"s":{}}}',
    ])
    expect(parts[0]!.digest).toBe(sha256(parts[0]!.bytes))
    expect(fromUtf8(index)).toBe(`{"parts":[["${parts[0]!.digest}",58]]}`)
  })

  it('of nothing is one empty part', async () => {
    const { parts } = await layoutParts({}, {})
    expect(parts.map(part => fromUtf8(part.bytes))).toEqual(['{"flags":{},"segments":{}}'])
  })

  it('puts every key where the reference hash says', async () => {
    const keys = fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9._-]{1,128}$/), { maxLength: 80 })
    await fc.assert(
      fc.asyncProperty(keys, fc.nat({ max: 6 }), async (names, power) => {
        const count = 2 ** power
        const all = Object.fromEntries(names.map(name => [name, flag as Json]))
        // A padding flag makes the average such that the count in force stays.
        all.padding = 'x'.repeat(count * 10_000)
        const { parts } = await layoutParts(all, { seg: {} }, count)
        expect(parts).toHaveLength(count)
        const found = new Map<string, Json>()
        for (const [position, part] of parts.entries()) {
          for (const [key, value] of Object.entries(tables(part.bytes).flags)) {
            expect(murmur.x86.hash32(utf8(key)) % count).toBe(position)
            found.set(key, value)
          }
          expect(() => checkPlacement(maps(tables(part.bytes)), position, count)).not.toThrow()
        }
        expect(Object.fromEntries(found)).toEqual(all)
      }),
      { numRuns: 30 },
    )
  })

  it('takes __proto__ for an ordinary key', async () => {
    const { parts } = await layoutParts(JSON.parse('{"__proto__":true,"constructor":false}'), {})
    expect(fromUtf8(parts[0]!.bytes)).toBe('{"flags":{"__proto__":true,"constructor":false},"segments":{}}')
  })

  it('changes one part when one flag changes', async () => {
    const all = Object.fromEntries(
      Array.from({ length: 2000 }, (_, i) => [`flag-${i}`, { ...flag, salt: 'x'.repeat(200) }]),
    )
    const before = await layoutParts(all, {})
    const after = await layoutParts({ ...all, 'flag-7': { ...flag, on: false } }, {}, before.parts.length)
    expect(before.parts).toHaveLength(16)
    expect(after.parts.filter((part, i) => part.digest !== before.parts[i]!.digest)).toHaveLength(1)
  })

  it.each([
    [0, undefined, 1],
    [32 * 1024, undefined, 1],
    [32 * 1024 + 1, undefined, 2],
    [100_000_000_000, undefined, 8192],
    [64 * 1024, 1, 1],
    [64 * 1024 + 1, 1, 4],
    [16 * 1024, 2, 2],
    [16 * 1024 - 1, 2, 1],
    [10, 1, 1],
    [8 * 8 * 1024 - 1, 8, 2],
    [100_000, 3, 4],
  ])('of %d bytes over %s parts has %d', (bytes, current, count) => {
    expect(partCount(bytes, current)).toBe(count)
  })
})

const digest = 'ab'.repeat(32)

describe('the index', () => {
  const named = (bytes: Uint8Array, count: number) => ({ digest: sha256(bytes), size: bytes.length, count })

  it('round-trips', async () => {
    const parts = [
      { digest, size: 1 },
      { digest: 'cd'.repeat(32), size: 4 * 1024 * 1024 },
    ]
    const bytes = printIndex(parts)
    expect(parseIndex(bytes)).toMatchObject(parts)
    expect(await readIndex(bytes, named(bytes, 2))).toMatchObject(parts)
  })

  it('takes the rows that stayed from the one before, and looks at the others', () => {
    const rows = Array.from({ length: 8 }, (_, i) => ({ digest: sha256(utf8(String(i))), size: 9 + i }))
    const before = parseIndex(printIndex(rows))!
    const now = parseIndex(printIndex(rows.with(3, { digest, size: 10_000 })), before)!
    expect(now[3]).toMatchObject({ digest, size: 10_000 })
    expect(now.map((row, i) => row === before[i])).toEqual(rows.map((_, i) => i !== 3))
    const bad = utf8(fromUtf8(printIndex(rows))!.replace(rows[5]!.digest, 'x'.repeat(64)))
    expect(parseIndex(bad, before)).toBeUndefined()
  })

  const forms: Record<string, string> = {
    'white space': `{"parts": [["${digest}",1]]}`,
    'a line end': `{"parts":[["${digest}",1]]}\n`,
    'another member': `{"parts":[["${digest}",1]],"x":1}`,
    'a repeated member': `{"parts":[],"parts":[["${digest}",1]]}`,
    'a third column': `{"parts":[["${digest}",1,1]]}`,
    'an upper-case digest': `{"parts":[["${digest.toUpperCase()}",1]]}`,
    'a short digest': `{"parts":[["${digest.slice(1)}",1]]}`,
    'a size of 0': `{"parts":[["${digest}",0]]}`,
    'a size of 1.5': `{"parts":[["${digest}",1.5]]}`,
    'a size of 1e0': `{"parts":[["${digest}",1e0]]}`,
    'a size as text': `{"parts":[["${digest}","1"]]}`,
    'an object for a row': `{"parts":[{"0":"${digest}","1":1}]}`,
    'no parts': '{}',
    'rows run together': `{"parts":[["${digest}",1]["${digest}",1]]}`,
    'an empty row': `{"parts":[["${digest}",1],[]]}`,
    'a comma at the end': `{"parts":[["${digest}",1],]}`,
    null: 'null',
    'parts that are no list': '{"parts":{"length":0}}',
    'not JSON': '{"parts":[',
  }
  it.each(Object.entries(forms))('is refused for %s', async (_, text) => {
    const bytes = utf8(text)
    expect(parseIndex(bytes)).toBeUndefined()
    await expect(readIndex(bytes, named(bytes, 1))).rejects.toMatchObject({ code: 'part_index' })
  })

  it('is refused for a size over the cap', async () => {
    const bytes = printIndex([{ digest, size: 4 * 1024 * 1024 + 1 }])
    await expect(readIndex(bytes, named(bytes, 1))).rejects.toMatchObject({ code: 'too_large' })
  })

  const row = { digest, size: 1 }
  it.each([
    ['another count than named', [row, row], 4],
    ['a count of three', [row, row, row], 3],
    ['a count of none', [], 0],
    ['a count over the cap', Array.from({ length: 8192 * 2 }, () => row), 8192 * 2],
  ])('is refused for %s', async (_, parts, count) => {
    const bytes = printIndex(parts)
    await expect(readIndex(bytes, named(bytes, count))).rejects.toMatchObject({
      code: bytes.length > 1024 * 1024 ? 'too_large' : 'part_index',
    })
  })

  it('is refused where size or digest differ from the release', async () => {
    const bytes = printIndex([row])
    const other = printIndex([{ digest, size: 2 }])
    await expect(readIndex(bytes, named(other, 1))).rejects.toMatchObject({ code: 'part_index' })
    await expect(readIndex(bytes, { ...named(bytes, 1), size: 1 })).rejects.toMatchObject({ code: 'part_index' })
  })

  it('is refused where the parts together are over the cap, each counted once', async () => {
    const size = 4 * 1024 * 1024
    const distinct = Array.from({ length: 128 }, (_, i) => ({ digest: sha256(utf8(String(i))), size }))
    const bytes = printIndex(distinct)
    await expect(readIndex(bytes, named(bytes, 128))).rejects.toMatchObject({ code: 'too_large' })
    const same = printIndex(distinct.map(part => ({ ...part, digest })))
    await expect(readIndex(same, named(same, 128))).resolves.toHaveLength(128)
  })
})

describe('a part', () => {
  it('is checked against what the index names', async () => {
    const bytes = utf8('{"flags":{},"segments":{}}')
    const part = { digest: sha256(bytes), size: bytes.length }
    await expect(checkPart(bytes, part)).resolves.toBeUndefined()
    await expect(checkPart(bytes.slice(1), part)).rejects.toMatchObject({ code: 'part_size' })
    await expect(checkPart(bytes.with(0, 0x20), part)).rejects.toMatchObject({ code: 'part_digest' })
  })

  it('holds no key of another part', () => {
    const flags = new Map([['flag-1', flag]])
    const position = murmur.x86.hash32(utf8('flag-1')) % 4
    expect(() => checkPlacement({ flags, segments: new Map() }, position, 4)).not.toThrow()
    for (const table of ['flags', 'segments'] as const) {
      const part = { flags: new Map(), segments: new Map(), [table]: flags }
      const wrong = () => checkPlacement(part, (position + 1) % 4, 4)
      expect(wrong).toThrow(expect.objectContaining({ code: 'misplaced_flag', at: 'flag-1' }))
    }
  })
})
