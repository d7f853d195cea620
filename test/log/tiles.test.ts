import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { concat, hex, utf8 } from '../../src/base/bytes.ts'
import { append, EMPTY_TIP, type LogTip, readTip, tipRoot } from '../../src/log/append.ts'
import { parseEntries, printEntries, readEntries } from '../../src/log/entries.ts'
import {
  type Hash,
  leafHash,
  proveConsistency,
  proveInclusion,
  rootOf,
  verifyConsistency,
  verifyInclusion,
} from '../../src/log/merkle.ts'
import { entriesPath, tilePath, tileWidth } from '../../src/log/paths.ts'
import { hashesFrom, openTiles, type ReadFile } from '../../src/log/tiles.ts'
import { sparseTree } from './naive.ts'

const entry = (index: number) => utf8(`{"n":${index}}`)

/** A log that grows by the given steps, and every file that it ever wrote. */
function grow(steps: readonly number[]) {
  const files = new Map<string, Uint8Array>()
  const roots = new Map<number, Hash>()
  let tip: LogTip = EMPTY_TIP
  for (const step of steps) {
    const added = append(
      tip,
      Array.from({ length: step }, (_, i) => entry(tip.size + i)),
    )
    tip = added.tip
    for (const { path, bytes } of added.files) files.set(path, bytes)
    roots.set(tip.size, tipRoot(tip))
  }
  const readFile: ReadFile = async (path, maxBytes) => {
    const bytes = files.get(path)
    if (bytes !== undefined && bytes.length > maxBytes) throw new Error(`${path} over its cap`)
    return bytes
  }
  return { files, roots, tip, readFile }
}

describe('paths', () => {
  it.each([
    [0, 'tile/0/000'],
    [67, 'tile/0/067'],
    [999, 'tile/0/999'],
    [1000, 'tile/0/x001/000'],
    [1234067, 'tile/0/x001/x234/067'],
    [2 ** 45 - 1, 'tile/0/x035/x184/x372/x088/831'],
  ])('tile %d is %s', (index, path) => {
    expect(tilePath(0, index, 256)).toBe(path)
    expect(tilePath(0, index, 7)).toBe(`${path}.p/7`)
    expect(entriesPath(index, 255)).toBe(`${path.replace('tile/0', 'tile/entries')}.p/255`)
  })

  it('widths at the edge', () => {
    expect([0, 255, 256, 257].map(size => tileWidth(0, 0, size))).toEqual([0, 255, 256, 256])
    expect([255, 256, 65_535, 65_536].map(size => tileWidth(1, 0, size))).toEqual([0, 1, 255, 256])
    expect(tileWidth(6, 0, 2 ** 53 - 1)).toBe(31)
  })
})

// The specification's own example: what a log of 70,000 entries serves.
describe('a log of 70,000 entries', () => {
  let log: ReturnType<typeof grow>
  let leaves: Hash[]
  beforeAll(() => {
    log = grow([1, 254, 1, 300, 65_000, 1000, 3443, 1])
    leaves = Array.from({ length: 70_000 }, (_, index) => leafHash(entry(index)))
  })

  it('has the tiles that the specification lists', () => {
    expect(log.tip.size).toBe(70_000)
    const full = [...log.files.keys()].filter(path => !path.includes('.p/'))
    expect(full.filter(path => path.startsWith('tile/0/'))).toHaveLength(273)
    expect(full.filter(path => path.startsWith('tile/entries/'))).toHaveLength(273)
    expect(full.filter(path => path.startsWith('tile/1/'))).toEqual(['tile/1/000'])
    for (const path of ['tile/0/273.p/112', 'tile/1/001.p/17', 'tile/2/000.p/1', 'tile/entries/273.p/112']) {
      expect(log.files.has(path), path).toBe(true)
    }
    expect(hex(log.roots.get(70_000)!)).toBe(hex(rootOf(leaves)))
  })

  it('is the same whatever the steps were', () => {
    const once = grow([70_000])
    expect(hex(tipRoot(once.tip))).toBe(hex(tipRoot(log.tip)))
    for (const [path, bytes] of once.files) expect(hex(log.files.get(path)!), path).toBe(hex(bytes))
  })

  it('proves consistency from every size that was published', async () => {
    const tree = { size: 70_000, root: log.roots.get(70_000)! }
    const read = hashesFrom(openTiles(tree, log.readFile))
    for (const [size, root] of log.roots) {
      const proof = await proveConsistency(size, tree.size, read)
      expect(verifyConsistency(size, tree.size, proof, root, tree.root), String(size)).toBe(true)
    }
  })

  it('proves inclusion and gives the entries', async () => {
    const tree = { size: 70_000, root: log.roots.get(70_000)! }
    const readTile = openTiles(tree, log.readFile)
    for (const index of [0, 1, 255, 256, 65_535, 65_536, 69_887, 69_888, 69_999]) {
      const proof = await proveInclusion(index, tree.size, hashesFrom(readTile))
      expect(verifyInclusion(leaves[index]!, index, tree.size, proof, tree.root)).toBe(true)
      const entries = await readEntries(tree.size, Math.floor(index / 256), log.readFile, readTile)
      expect(entries[index % 256]).toEqual(entry(index))
    }
  })

  it('goes on from what its files say', async () => {
    const tip = await readTip({ size: 70_000, root: log.roots.get(70_000)! }, log.readFile)
    const more = [entry(70_000), entry(70_001)]
    expect(append(tip, more).files).toEqual(append(log.tip, more).files)
    expect(append(tip, []).files).toEqual([])
    await expect(readTip({ size: 0, root: rootOf([]) }, log.readFile)).resolves.toMatchObject({ size: 0, entries: [] })
  })

  it('takes a full tile where a partial one is gone', async () => {
    const kept: ReadFile = async (path, maxBytes) => (path.includes('.p/') ? undefined : log.readFile(path, maxBytes))
    const tree = { size: 256 + 300, root: log.roots.get(556)! }
    // Level 1 has no full tile at this size, and its partial one stays.
    const readFile: ReadFile = async (path, maxBytes) =>
      path === 'tile/1/000.p/2' ? log.readFile(path, maxBytes) : kept(path, maxBytes)
    const readTile = openTiles(tree, readFile)
    const proof = await proveConsistency(255, tree.size, hashesFrom(readTile))
    expect(verifyConsistency(255, tree.size, proof, log.roots.get(255)!, tree.root)).toBe(true)
    expect(await readEntries(tree.size, 2, readFile, readTile)).toHaveLength(44)
  })

  it('notices every altered byte of the tiles that it reads', async () => {
    const tree = { size: 70_000, root: log.roots.get(70_000)! }
    const paths = ['tile/0/000', 'tile/0/001', 'tile/0/273.p/112', 'tile/1/000', 'tile/1/001.p/17', 'tile/2/000.p/1']
    for (const altered of paths) {
      const readFile: ReadFile = async (path, maxBytes) => {
        const bytes = await log.readFile(path, maxBytes)
        return path === altered ? bytes!.map((byte, i) => (i === bytes!.length - 1 ? byte ^ 1 : byte)) : bytes
      }
      const read = hashesFrom(openTiles(tree, readFile))
      await expect(
        proveInclusion(300, tree.size, read).then(() => proveInclusion(0, tree.size, read)),
        altered,
      ).rejects.toMatchObject({ code: 'tile_hash' })
    }
  })

  it.each([
    ['short', (bytes: Uint8Array) => bytes.slice(0, -32)],
    ['long', (bytes: Uint8Array) => concat(bytes, new Uint8Array(32))],
    ['empty', () => new Uint8Array(0)],
  ])('refuses a tile that is %s', async (_, alter) => {
    const tree = { size: 70_000, root: log.roots.get(70_000)! }
    const readFile: ReadFile = async path => {
      const bytes = log.files.get(path)
      return path === 'tile/1/000' ? alter(bytes!) : bytes
    }
    const proof = proveInclusion(0, tree.size, hashesFrom(openTiles(tree, readFile)))
    await expect(proof).rejects.toMatchObject({ code: 'tile_hash', at: 'tile/1/000' })
  })

  it('says which tile is missing', async () => {
    const tree = { size: 70_000, root: log.roots.get(70_000)! }
    const readFile: ReadFile = async path => (path === 'tile/0/000' ? undefined : log.files.get(path))
    const proof = proveInclusion(0, tree.size, hashesFrom(openTiles(tree, readFile)))
    await expect(proof).rejects.toMatchObject({ code: 'tile_missing', at: 'tile/0/000' })
  })

  it('refuses entries that are not those of the tree', async () => {
    const tree = { size: 70_000, root: log.roots.get(70_000)! }
    const bytes = log.files.get('tile/entries/000')!
    const forgeries = [bytes.slice(0, -1), concat(bytes, Uint8Array.of(0)), bytes.with(5, 0x41), bytes.with(1, 0xff)]
    for (const forged of forgeries) {
      const entries = readEntries(tree.size, 0, async () => forged, openTiles(tree, log.readFile))
      await expect(entries).rejects.toMatchObject({ code: 'tile_hash' })
    }
  })
})

describe('any size to 2^53, from tiles', () => {
  const size = fc.oneof(
    fc.maxSafeNat(),
    fc.nat({ max: 52 }).map(level => 2 ** level),
    fc.nat({ max: 52 }).map(level => 2 ** level + 1),
  )
  it('proves consistency over any gap', async () => {
    await fc.assert(
      fc.asyncProperty(size, size, async (a, b) => {
        const [from, to] = a <= b ? [a, b] : [b, a]
        const sparse = sparseTree([0, from - 1, from, to - 1])
        const readFile: ReadFile = async path => {
          const [, level, rest] = /^tile\/(\d)\/(.*)$/.exec(path)!
          const [where, partial] = rest!.split('.p/') as [string, string?]
          const index = Number(where.replaceAll(/[x/]/g, ''))
          const width = partial === undefined ? 256 : Number(partial)
          const subtrees = Array.from({ length: width }, (_, i) => ({
            level: Number(level) * 8,
            index: index * 256 + i,
          }))
          return concat(...(await sparse.read(subtrees)))
        }
        const read = hashesFrom(openTiles({ size: to, root: sparse.root(to) }, readFile))
        const proof = await proveConsistency(from, to, read)
        expect(verifyConsistency(from, to, proof, sparse.root(from), sparse.root(to))).toBe(true)
      }),
      { numRuns: 25 },
    )
  })
})

describe('entry bundles', () => {
  it('print and parse', () => {
    const entries = [utf8(''), utf8('a'), new Uint8Array(65_535)]
    expect(hex(printEntries(entries.slice(0, 2)))).toBe('0000000161')
    expect(parseEntries(printEntries(entries), 3)).toEqual(entries)
    expect(parseEntries(printEntries(entries), 2)).toBeUndefined()
    expect(parseEntries(printEntries(entries), 4)).toBeUndefined()
    expect(() => printEntries([new Uint8Array(65_536)])).toThrow(RangeError)
  })
})
