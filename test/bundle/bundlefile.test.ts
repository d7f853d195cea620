import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concat, fromUtf8, utf8 } from '../../src/base/bytes.ts'
import { openBundleFile, printBundleFile } from '../../src/bundle/bundlefile.ts'
import { printIndex } from '../../src/bundle/parts.ts'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const big = { maxBytes: 1_000_000 }
const texts = ['{"flags":{"a":1}}', '{"flags":{}}', '{"flags":{}}', '{"flags":{"b":2}}']
const files = new Map(texts.map(text => [sha256(utf8(text)), utf8(text)]))
const index = printIndex(texts.map(text => ({ digest: sha256(utf8(text)), size: text.length })))
const head = utf8('{"head":"{}","new":"\\u2028","stops":[]}')
const roots = ['root 1', 'root "2"'].map(utf8)

async function print(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of printBundleFile(head, roots, index, async part => files.get(part.digest)!))
    chunks.push(chunk)
  return concat(...chunks)
}

async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) {
    yield bytes.subarray(at, at + size)
    yield new Uint8Array(0)
  }
}

/** All that the file says, by path. */
async function readAll(input: Uint8Array | AsyncIterable<Uint8Array>) {
  const source = openBundleFile(input)
  const paths = ['roots/1.json', 'roots/2.json', 'production/head.json', `production/parts/${sha256(index)}.json`]
  for (const digest of files.keys()) paths.push(`production/parts/${digest}.json`)
  const found = await Promise.all(paths.map(async path => [path, await source.get(path, big)] as const))
  await source.finish()
  return found.map(([path, bytes]) => [path, bytes === undefined ? undefined : fromUtf8(bytes)])
}

describe('a bundle file', () => {
  it('has each distinct part once, in the order of the index', async () => {
    const lines = fromUtf8(await print())!.split('\n')
    expect(JSON.parse(lines[0]!)).toEqual({ head: JSON.parse(fromUtf8(head)!), roots: ['root 1', 'root "2"'] })
    expect(lines.slice(1)).toEqual([fromUtf8(index), texts[0], texts[1], texts[3], ''])
  })

  it('gives what went in, however it is cut', async () => {
    const bytes = await print()
    const whole = await readAll(bytes)
    expect(whole.slice(0, 4)).toEqual([
      ['roots/1.json', 'root 1'],
      ['roots/2.json', 'root "2"'],
      ['production/head.json', JSON.stringify(JSON.parse(fromUtf8(head)!))],
      [`production/parts/${sha256(index)}.json`, fromUtf8(index)],
    ])
    expect(whole.slice(4).map(([, text]) => text)).toEqual([texts[0], texts[1], texts[3]])
    for (const size of [1, 2, 7, 64, 100_000]) expect(await readAll(cut(bytes, size))).toEqual(whole)
  })

  it('gives parts in any order of asking, and any number of times', async () => {
    const bytes = await print()
    const asks = fc.array(fc.constantFrom(...files.keys()), { minLength: 1, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(asks, fc.boolean(), async (digests, atOnce) => {
        const source = openBundleFile(cut(bytes, 11))
        const get = (digest: string) => source.get(`x/parts/${digest}.json`, big)
        const found: (Uint8Array | undefined)[] = []
        if (atOnce) found.push(...(await Promise.all(digests.map(get))))
        else for (const digest of digests) found.push(await get(digest))
        expect(found.map(one => fromUtf8(one!))).toEqual(digests.map(digest => fromUtf8(files.get(digest)!)))
        await source.finish()
      }),
      { numRuns: 30 },
    )
  })

  it('has nothing else', async () => {
    const source = openBundleFile(await print())
    const paths = ['roots/3.json', 'roots/0.json', 'roots/01.json', `x/parts/${'0'.repeat(64)}.json`]
    for (const path of [...paths, 'x/log/1/tile/0/000', 'x/y/head.json', 'head.json']) {
      expect(await source.get(path, big), path).toBeUndefined()
    }
  })

  it('keeps the cap of who asks', async () => {
    const source = openBundleFile(await print())
    await expect(source.get('x/head.json', { maxBytes: 5 })).rejects.toMatchObject({ code: 'too_large' })
    expect(await source.get('x/head.json', big)).toBeDefined()
  })

  it('is read no further than asked for', async () => {
    const bytes = await print()
    let pulled = 0
    async function* counted() {
      for await (const chunk of cut(bytes, 8)) {
        pulled += chunk.length
        yield chunk
      }
    }
    const source = openBundleFile(counted())
    await source.get('x/head.json', big)
    const header = bytes.indexOf(0x0a) + 1
    expect(pulled).toBeLessThan(header + 8)
    await source.get(`x/parts/${sha256(index)}.json`, big)
    expect(pulled).toBeLessThan(header + index.length + 1 + 8)
  })
})

describe('is refused', () => {
  const alterations: Record<string, (text: string) => string> = {
    empty: () => '',
    'without its last LF': text => text.slice(0, -1),
    'with an empty line at the end': text => `${text}\n`,
    'with trailing data': text => `${text}x`,
    'with a line too many': text => `${text}{"flags":{}}\n`,
    'with CRLF': text => text.replaceAll('\n', '\r\n'),
    'with CR in the header': text => text.replace('\n', '\r\n'),
    'with a byte order mark': text => `\ufeff${text}`,
    'with an empty line first': text => `\n${text}`,
    'without its last part': text => text.replace(`${texts[3]}\n`, ''),
    'with a header that is a list': text => text.replace(/^[^\n]*/, '[{"head":{},"roots":[]}]'),
    'with a head that is text': text => text.replace(/^[^\n]*/, '{"head":"x","roots":[]}'),
    'with a head that is nested too deep': text =>
      text.replace('{"head":{', `{"head":{"x":${'['.repeat(200_000)}${']'.repeat(200_000)},`),
    'without roots': text => text.replace(/^[^\n]*/, '{"head":{}}'),
    'with a root that is an object': text => text.replace(/^[^\n]*/, '{"head":{},"roots":[{}]}'),
    'with white space in the index': text => text.replace('{"parts":', '{"parts": '),
    'cut in the index': text => text.slice(0, text.indexOf('\n') + 20),
  }
  it.each(Object.entries(alterations))('%s', async (_, alter) => {
    const text = fromUtf8(await print())!
    expect(alter(text)).not.toBe(text)
    await expect(readAll(utf8(alter(text)))).rejects.toMatchObject({ code: 'bundle_form' })
    await expect(readAll(cut(utf8(alter(text)), 501))).rejects.toMatchObject({ code: 'bundle_form' })
  })

  const sizes: Record<string, (text: string) => string> = {
    'with the parts in another order': text => {
      const lines = text.split('\n')
      return [lines[0], lines[1], lines[3], lines[2], lines[4], ''].join('\n')
    },
    'with a part twice': text => text.replace(`${texts[1]}\n`, `${texts[1]}\n${texts[1]}\n`),
    'without a part': text => text.replace(`${texts[1]}\n`, ''),
    'with a part cut': text => text.replace(`${texts[1]}\n`, `${texts[1]!.slice(0, -1)}\n`),
    'with an empty line for a part': text => text.replace(`${texts[1]}\n`, '\n'),
  }
  it.each(Object.entries(sizes))('%s', async (_, alter) => {
    const text = fromUtf8(await print())!
    await expect(readAll(utf8(alter(text)))).rejects.toMatchObject({ code: 'part_size' })
    await expect(readAll(cut(utf8(alter(text)), 5))).rejects.toMatchObject({ code: 'part_size' })
  })

  it('where the header is not JSON', async () => {
    await expect(readAll(utf8('{"head":}\n'))).rejects.toMatchObject({ code: 'json' })
  })

  it('and stays refused', async () => {
    const text = fromUtf8(await print())!.replace(`${texts[1]}\n`, '')
    const source = openBundleFile(utf8(text))
    const last = () => source.get(`x/parts/${sha256(utf8(texts[3]!))}.json`, big)
    await expect(last()).rejects.toMatchObject({ code: 'part_size' })
    await expect(last()).rejects.toMatchObject({ code: 'part_size' })
    await expect(source.finish()).rejects.toMatchObject({ code: 'part_size' })
  })

  it('while it streams, once a line is over its cap', async () => {
    let pulled = 0
    async function* endless() {
      for (;;) {
        pulled += 65_536
        yield new Uint8Array(65_536).fill(0x7b)
      }
    }
    await expect(readAll(endless())).rejects.toMatchObject({ code: 'too_large' })
    expect(pulled).toBeLessThan(3 * 1024 * 1024)
  })

  it('where it breaks off, with the error of the stream', async () => {
    const bytes = await print()
    async function* broken() {
      yield bytes.subarray(0, bytes.length - 5)
      throw new Error('connection reset')
    }
    await expect(readAll(broken())).rejects.toThrow('connection reset')
  })
})
