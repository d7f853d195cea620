import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromHex, hex, utf8 } from '../../src/base/bytes.ts'
import {
  type Hash,
  leafHash,
  nodeHash,
  proveConsistency,
  proveInclusion,
  type ReadHashes,
  rootFrom,
  rootOf,
  subtreesOf,
  verifyConsistency,
  verifyInclusion,
} from '../../src/log/merkle.ts'
import { naiveTree, sparseTree } from './naive.ts'

const bytes = (text: string): Hash => fromHex(text)!
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

/** The eight entries that certificate-transparency implementations share as test data, with their published hashes. */
const ENTRIES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map(bytes)
const ROOTS = [
  EMPTY,
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]
const INCLUSION = [
  { index: 0, size: 1, proof: [] },
  {
    index: 0,
    size: 8,
    proof: [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  },
  {
    index: 5,
    size: 8,
    proof: [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  },
  { index: 2, size: 3, proof: ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'] },
  {
    index: 1,
    size: 5,
    proof: [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  },
]
const CONSISTENCY = [
  { from: 1, size: 1, proof: [] },
  {
    from: 1,
    size: 8,
    proof: [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  },
  {
    from: 6,
    size: 8,
    proof: [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  },
  {
    from: 2,
    size: 5,
    proof: [
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  },
]

/** Reads subtrees from leaf hashes that are all in memory. */
function reader(leaves: readonly Hash[]): ReadHashes {
  return async subtrees =>
    subtrees.map(({ level, index }) => rootOf(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level)))
}

const LEAVES = ENTRIES.map(leafHash)

describe('the published vectors', () => {
  it.each(ROOTS.map((root, size) => ({ size, root })))('root of $size leaves', ({ size, root }) => {
    expect(hex(rootOf(LEAVES.slice(0, size)))).toBe(root)
  })

  it.each(INCLUSION)('inclusion of $index in $size', async ({ index, size, proof }) => {
    expect((await proveInclusion(index, size, reader(LEAVES))).map(hex)).toEqual(proof)
    expect(verifyInclusion(LEAVES[index]!, index, size, proof.map(bytes), bytes(ROOTS[size]!))).toBe(true)
  })

  it.each(CONSISTENCY)('consistency of $from with $size', async ({ from, size, proof }) => {
    expect((await proveConsistency(from, size, reader(LEAVES))).map(hex)).toEqual(proof)
    expect(verifyConsistency(from, size, proof.map(bytes), bytes(ROOTS[from]!), bytes(ROOTS[size]!))).toBe(true)
  })

  // The tree of seven leaves that RFC 6962 section 2.1.3 draws, by the names of its nodes.
  it('the worked example of RFC 6962', async () => {
    const [a, b, c, d, e, f, j] = LEAVES as [Hash, Hash, Hash, Hash, Hash, Hash, Hash]
    const g = nodeHash(a, b)
    const h = nodeHash(c, d)
    const i = nodeHash(e, f)
    const k = nodeHash(g, h)
    const l = nodeHash(i, j)
    const seven = reader(LEAVES.slice(0, 7))
    expect(rootOf(LEAVES.slice(0, 7))).toEqual(nodeHash(k, l))
    expect(await proveInclusion(0, 7, seven)).toEqual([b, h, l])
    expect(await proveInclusion(3, 7, seven)).toEqual([c, g, l])
    expect(await proveInclusion(4, 7, seven)).toEqual([f, j, k])
    expect(await proveInclusion(6, 7, seven)).toEqual([i, k])
    expect(await proveConsistency(3, 7, seven)).toEqual([c, d, g, l])
    expect(await proveConsistency(4, 7, seven)).toEqual([l])
    expect(await proveConsistency(6, 7, seven)).toEqual([i, j, k])
  })
})

describe('against a naive tree', () => {
  const MAX = 300
  const entry = (index: number) => utf8(`entry ${index}`)
  const tree = naiveTree(entry)
  const leaves = Array.from({ length: MAX }, (_, index) => leafHash(entry(index)))
  const read: ReadHashes = async subtrees =>
    subtrees.map(({ level, index }) => tree.range(index * 2 ** level, (index + 1) * 2 ** level))

  it('every root to 300', () => {
    for (let size = 0; size <= MAX; size++) {
      expect(hex(rootOf(leaves.slice(0, size)))).toBe(hex(tree.root(size)))
      const subtrees = subtreesOf(size).map(one =>
        tree.range(one.index * 2 ** one.level, (one.index + 1) * 2 ** one.level),
      )
      expect(hex(rootFrom(subtrees))).toBe(hex(tree.root(size)))
    }
  })

  it('every inclusion proof to 300', async () => {
    for (let size = 1; size <= MAX; size++) {
      for (let index = 0; index < size; index++) {
        const proof = await proveInclusion(index, size, read)
        if (Buffer.compare(Buffer.concat(proof), Buffer.concat(tree.path(index, size))) !== 0) {
          expect.fail(`other proof for leaf ${index} in ${size}`)
        }
        // Verified for every size, at every leaf of some and at the edges of all: hashing is what takes the time.
        if (index > 2 && index < size - 2 && size % 37 !== 0) continue
        if (!verifyInclusion(leaves[index]!, index, size, proof, tree.root(size))) {
          expect.fail(`refused leaf ${index} in ${size}`)
        }
      }
    }
  })

  it('every consistency proof to 300', async () => {
    for (let size = 1; size <= MAX; size++) {
      for (let from = 1; from <= size; from++) {
        const proof = await proveConsistency(from, size, read)
        if (Buffer.compare(Buffer.concat(proof), Buffer.concat(tree.proof(from, size))) !== 0) {
          expect.fail(`other proof from ${from} to ${size}`)
        }
        if (from > 2 && from < size - 2 && size % 37 !== 0) continue
        if (!verifyConsistency(from, size, proof, tree.root(from), tree.root(size))) {
          expect.fail(`refused ${from} to ${size}`)
        }
      }
    }
  })

  it('no other leaf, index, size or root fits a proof', async () => {
    for (let size = 1; size <= 40; size++) {
      for (let index = 0; index < size; index++) {
        const proof = await proveInclusion(index, size, read)
        for (let other = 0; other < size + 2; other++) {
          if (other !== index) expect(verifyInclusion(leaves[index]!, other, size, proof, tree.root(size))).toBe(false)
          if (other === size) continue
          expect(verifyInclusion(leaves[index]!, index, size, proof, tree.root(other))).toBe(false)
        }
      }
    }
  })
})

const flip = (hash: Hash): Hash => hash.map((byte, i) => (i === 31 ? byte ^ 1 : byte))
const size = fc.oneof(
  fc.maxSafeNat(),
  fc.nat({ max: 52 }).chain(level => fc.integer({ min: -2, max: 2 }).map(near => Math.max(0, 2 ** level + near))),
)
const pair = fc.tuple(size, size).map(([a, b]) => (a <= b ? ([a, b] as const) : ([b, a] as const)))

describe('any size to 2^53', () => {
  it('an inclusion proof holds, and no altered one does', async () => {
    await fc.assert(
      fc.asyncProperty(pair, async ([index, other]) => {
        const count = Math.min(other + 1, Number.MAX_SAFE_INTEGER)
        fc.pre(index < count)
        const tree = sparseTree([index])
        const proof = await proveInclusion(index, count, tree.read)
        const verify = (leaf: Hash, path: readonly Hash[]) =>
          verifyInclusion(leaf, index, count, path, tree.root(count))
        expect(verify(tree.leaf(index), proof)).toBe(true)
        expect(verify(flip(tree.leaf(index)), proof)).toBe(false)
        expect(verify(tree.leaf(index), [...proof, tree.root(count)])).toBe(false)
        expect(verify(tree.leaf(index), [tree.leaf(index), ...proof])).toBe(false)
        if (proof.length === 0) return
        expect(verify(tree.leaf(index), proof.slice(1))).toBe(false)
        expect(verify(tree.leaf(index), proof.slice(0, -1))).toBe(false)
        for (const at of proof.keys()) expect(verify(tree.leaf(index), proof.with(at, flip(proof[at]!)))).toBe(false)
      }),
      { numRuns: 40 },
    )
  })

  it('a consistency proof holds, and no altered one does', async () => {
    await fc.assert(
      fc.asyncProperty(pair, async ([from, count]) => {
        const tree = sparseTree([0, from - 1, from, count - 1])
        const proof = await proveConsistency(from, count, tree.read)
        const verify = (path: readonly Hash[], older = tree.root(from), newer = tree.root(count)) =>
          verifyConsistency(from, count, path, older, newer)
        expect(verify(proof)).toBe(true)
        expect(verify(proof, flip(tree.root(from)))).toBe(false)
        if (from > 0) expect(verify(proof, tree.root(from), flip(tree.root(count)))).toBe(false)
        expect(verify([...proof, tree.root(count)])).toBe(false)
        expect(verify([tree.root(from), ...proof])).toBe(false)
        if (proof.length === 0) return
        expect(verify(proof.slice(1))).toBe(false)
        expect(verify(proof.slice(0, -1))).toBe(false)
        for (const at of proof.keys()) expect(verify(proof.with(at, flip(proof[at]!)))).toBe(false)
      }),
      { numRuns: 40 },
    )
  })

  it('a rewritten leaf breaks consistency, an appended one does not', async () => {
    await fc.assert(
      fc.asyncProperty(pair, fc.nat(), async ([from, count], seed) => {
        fc.pre(from > 0 && from < count)
        const rewritten = seed % from
        const honest = sparseTree([])
        const forged = sparseTree([rewritten])
        const proof = await proveConsistency(from, count, forged.read)
        expect(verifyConsistency(from, count, proof, honest.root(from), forged.root(count))).toBe(false)
        expect(verifyConsistency(from, count, proof, forged.root(from), forged.root(count))).toBe(true)
      }),
      { numRuns: 30 },
    )
  })
})

describe('arguments out of range', () => {
  const root = rootOf(LEAVES)
  it.each([
    [-1, 8],
    [8, 8],
    [0.5, 8],
    [0, 2 ** 53],
    [Number.NaN, 8],
  ])('index %d of %d is refused', async (index, count) => {
    expect(verifyInclusion(LEAVES[0]!, index, count, [], root)).toBe(false)
    await expect(proveInclusion(index, count, reader(LEAVES))).rejects.toThrow(RangeError)
  })

  it.each([
    [9, 8],
    [-1, 8],
    [1.5, 8],
    [1, 2 ** 53],
  ])('sizes %d and %d are refused', async (from, count) => {
    expect(verifyConsistency(from, count, [], root, root)).toBe(false)
    await expect(proveConsistency(from, count, reader(LEAVES))).rejects.toThrow(RangeError)
  })

  it('hashes of another length are refused', () => {
    const short = new Uint8Array(31)
    expect(verifyInclusion(short, 0, 1, [], short)).toBe(false)
    expect(verifyInclusion(LEAVES[0]!, 0, 2, [short], ROOTS.map(bytes)[2]!)).toBe(false)
    expect(verifyConsistency(1, 1, [], short, short)).toBe(false)
  })
})
