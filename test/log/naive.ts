import { createHash } from 'node:crypto'
import { utf8 } from '../../src/base/bytes.ts'
import type { Hash, ReadHashes } from '../../src/log/merkle.ts'

// RFC 6962 section 2.1 word for word, with another SHA-256 than the library's: recursive, and easy to compare.

const hash = (...chunks: Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(chunks)).digest()

export const naiveLeaf = (entry: Uint8Array): Buffer => hash(Uint8Array.of(0), entry)
export const naiveNode = (left: Uint8Array, right: Uint8Array): Buffer => hash(Uint8Array.of(1), left, right)

export function split(n: number): number {
  let k = 1
  while (k * 2 < n) k *= 2
  return k
}

/** MTH, PATH and PROOF over `D[from:to]` of one sequence. Equal ranges are hashed once. */
export function naiveTree(entry: (index: number) => Uint8Array) {
  const known = new Map<string, Buffer>()
  const root = (from: number, to: number): Buffer => {
    if (from === to) return hash()
    const key = `${from}:${to}`
    let found = known.get(key)
    if (found === undefined) {
      const k = from + split(to - from)
      found = to - from === 1 ? naiveLeaf(entry(from)) : naiveNode(root(from, k), root(k, to))
      known.set(key, found)
    }
    return found
  }
  const path = (m: number, from: number, to: number): Buffer[] => {
    if (to - from === 1) return []
    const k = from + split(to - from)
    return m < k ? [...path(m, from, k), root(k, to)] : [...path(m, k, to), root(from, k)]
  }
  const proof = (m: number, from: number, to: number, complete = true): Buffer[] => {
    if (m === to) return complete ? [] : [root(from, to)]
    const k = from + split(to - from)
    return m <= k ? [...proof(m, from, k, complete), root(k, to)] : [...proof(m, k, to, false), root(from, k)]
  }
  return {
    root: (size: number) => root(0, size),
    range: root,
    path: (index: number, size: number) => path(index, 0, size),
    proof: (from: number, size: number) => proof(from, 0, size),
  }
}

/**
 * A tree of any size whose leaves are all alike but for a few. Ranges without a special leaf are hashed once for each
 * length, so that 2^53 leaves cost some thousand hashes.
 */
export function sparseTree(special: readonly number[]) {
  const plain = naiveLeaf(utf8('plain'))
  const uniform = new Map<number, Hash>([[1, plain]])
  const alike = (count: number): Hash => {
    let found = uniform.get(count)
    if (found === undefined) {
      const k = split(count)
      found = naiveNode(alike(k), alike(count - k))
      uniform.set(count, found)
    }
    return found
  }
  const leaf = (index: number) => (special.includes(index) ? naiveLeaf(utf8(`special ${index}`)) : plain)
  const range = (low: number, high: number): Hash => {
    if (!special.some(index => index >= low && index < high)) return alike(high - low)
    if (high - low === 1) return leaf(low)
    const k = low + split(high - low)
    return naiveNode(range(low, k), range(k, high))
  }
  const read: ReadHashes = async subtrees =>
    subtrees.map(({ level, index }) => range(index * 2 ** level, (index + 1) * 2 ** level))
  return { leaf, read, root: (size: number) => (size === 0 ? hash() : range(0, size)) }
}
