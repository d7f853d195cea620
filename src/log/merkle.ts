import { concat, equalBytes } from '../base/bytes.ts'
import { sha256 } from '../base/sha256.ts'

/** RFC 6962 section 2.1. Sizes and indexes are safe integers, and nothing here shifts: `>>` would cut at 32 bits. */
export type Hash = Uint8Array

/** The complete subtree over the leaves from `index * 2^level` up to `(index + 1) * 2^level`. */
export interface Subtree {
  readonly level: number
  readonly index: number
}

/** Gives the hashes of complete subtrees, in the order asked for. One call asks for all that a proof needs. */
export type ReadHashes = (subtrees: readonly Subtree[]) => Promise<readonly Hash[]>

export const HASH_LENGTH = 32
const LEAF = Uint8Array.of(0)
const NODE = Uint8Array.of(1)

export function leafHash(entry: Uint8Array): Hash {
  return sha256(concat(LEAF, entry))
}

export function nodeHash(left: Hash, right: Hash): Hash {
  return sha256(concat(NODE, left, right))
}

/** The root over leaf hashes; over none it is the hash of nothing. */
export function rootOf(leaves: readonly Hash[]): Hash {
  if (leaves.length === 0) return sha256(new Uint8Array(0))
  let row = leaves
  while (row.length > 1) {
    const above: Hash[] = []
    for (let i = 0; i + 1 < row.length; i += 2) above.push(nodeHash(row[i]!, row[i + 1]!))
    if (row.length % 2 === 1) above.push(row[row.length - 1]!)
    row = above
  }
  return row[0]!
}

/** The complete subtrees that make up the leaves `[0, size)`, largest first. */
export function subtreesOf(size: number): Subtree[] {
  return cover([0, size])
}

/** The root of the tree whose `subtreesOf` have these hashes. */
export function rootFrom(hashes: readonly Hash[]): Hash {
  if (hashes.length === 0) return rootOf([])
  return hashes.reduceRight((right, left) => nodeHash(left, right))
}

/** PATH(index, D[size]), the sibling nearest to the leaf first. */
export async function proveInclusion(index: number, size: number, read: ReadHashes): Promise<Hash[]> {
  if (!isSize(index) || !isSize(size) || index >= size) throw new RangeError(`no leaf ${index} among ${size}`)
  return hashRanges(descend(index, size, false).aside.reverse(), read)
}

/** PROOF(from, D[size]). Empty where there is nothing to show: from the empty tree, and from the same size. */
export async function proveConsistency(from: number, size: number, read: ReadHashes): Promise<Hash[]> {
  if (!isSize(from) || !isSize(size) || from > size) throw new RangeError(`no sizes ${from} and ${size}`)
  if (from === 0) return []
  const { aside, end } = descend(from - 1, size, true)
  // Where the old tree is the first subtree of the new one, its root is the hash, and the verifier has it.
  if (end[0] > 0) aside.push(end)
  return hashRanges(aside.reverse(), read)
}

/** True only for the one proof that RFC 6962 defines: not one hash more, not one less. */
export function verifyInclusion(leaf: Hash, index: number, size: number, proof: readonly Hash[], root: Hash): boolean {
  if (!isSize(index) || !isSize(size) || index >= size || ![leaf, root, ...proof].every(isHash)) return false
  const found = climb(index, size - 1, leaf, proof)
  return found !== undefined && equalBytes(found.whole, root)
}

/** Does the tree of `size` leaves begin with the `from` leaves of the old one? Any tree begins with the empty one. */
export function verifyConsistency(
  from: number,
  size: number,
  proof: readonly Hash[],
  oldRoot: Hash,
  newRoot: Hash,
): boolean {
  if (!isSize(from) || !isSize(size) || from > size || ![oldRoot, newRoot, ...proof].every(isHash)) return false
  if (from === 0 && !equalBytes(oldRoot, rootOf([]))) return false
  if (from === size) return proof.length === 0 && equalBytes(oldRoot, newRoot)
  if (from === 0) return proof.length === 0
  let [index, last] = [from - 1, size - 1]
  for (; index % 2 === 1; last = half(last)) index = half(index)
  // Where the old tree is the first subtree of the new one, its root is the start, and the verifier has it.
  const [start, ...rest] = index === 0 ? [oldRoot, ...proof] : proof
  const found = start && climb(index, last, start, rest)
  return found !== undefined && equalBytes(found.old, oldRoot) && equalBytes(found.whole, newRoot)
}

/**
 * From the hash at `index` in its row up to the roots: of all, and of what ends there. `last` is the last index of the row.
 * Undefined where the way up does not take just these hashes. RFC 9162, 2.1.3.2 and 2.1.4.2.
 */
function climb(
  index: number,
  last: number,
  start: Hash,
  proof: readonly Hash[],
): { readonly old: Hash; readonly whole: Hash } | undefined {
  let [old, whole] = [start, start]
  for (const sibling of proof) {
    if (last === 0) return undefined
    if (index % 2 === 1 || index === last) {
      old = nodeHash(sibling, old)
      whole = nodeHash(sibling, whole)
      // At the right edge the rows in which it is alone are passed over.
      for (; index % 2 === 0 && index > 0; last = half(last)) index = half(index)
    } else whole = nodeHash(whole, sibling)
    index = half(index)
    last = half(last)
  }
  return last === 0 ? { old, whole } : undefined
}

const half = (index: number): number => Math.floor(index / 2)

type Range = readonly [low: number, high: number]

/**
 * From the root of `[0, size)` down to `leaf`: the ranges that are left aside, and where it ends. With `whole` that is the
 * first range that ends with this leaf.
 */
function descend(leaf: number, size: number, whole: boolean): { aside: Range[]; end: Range } {
  const aside: Range[] = []
  let low = 0
  let high = size
  while (high - low > 1 && !(whole && high === leaf + 1)) {
    const middle = low + powerBelow(high - low)
    if (leaf < middle) {
      aside.push([middle, high])
      high = middle
    } else {
      aside.push([low, middle])
      low = middle
    }
  }
  return { aside, end: [low, high] }
}

async function hashRanges(ranges: readonly Range[], read: ReadHashes): Promise<Hash[]> {
  const covers = ranges.map(cover)
  const hashes = await read(covers.flat())
  let next = 0
  return covers.map(subtrees => {
    const start = next
    next += subtrees.length
    return rootFrom(hashes.slice(start, next))
  })
}

/** The complete subtrees of a range that begins where a subtree as large as itself may begin. */
function cover([low, high]: Range): Subtree[] {
  const subtrees: Subtree[] = []
  let at = low
  for (let rest = high - low; rest > 0; ) {
    let level = 0
    let width = 1
    while (width * 2 <= rest) {
      width *= 2
      level += 1
    }
    subtrees.push({ level, index: at / width })
    at += width
    rest -= width
  }
  return subtrees
}

/** The largest power of two below `count`, which is at least 2. */
function powerBelow(count: number): number {
  let power = 1
  while (power * 2 < count) power *= 2
  return power
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}

function isHash(value: Uint8Array): boolean {
  return value.length === HASH_LENGTH
}
