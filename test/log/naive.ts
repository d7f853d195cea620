import { createHash } from 'node:crypto'

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
