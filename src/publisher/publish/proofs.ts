import { hex } from '../../base/bytes.ts'
import type { HeadProofs } from '../../bundle/types.ts'
import { proveConsistency, proveInclusion } from '../../log/merkle.ts'
import { hashesFrom, openTiles, type ReadFile, type Tree } from '../../log/tiles.ts'

const KEPT_COUNT = 8

/** The sizes that clients may hold: of the last published heads, newest first, and what the root vouches for. */
export function sizesToProve(
  before: { readonly size: number; readonly proofs: HeadProofs } | undefined,
  standing: number | undefined,
  size: number,
): number[] {
  const heads = before === undefined ? [] : [before.size, ...before.proofs.consistency.map(({ from }) => from)]
  const last = [...new Set(heads)].sort((a, b) => b - a).slice(0, KEPT_COUNT)
  const all = new Set(standing === undefined ? last : [...last, standing])
  // The sizes come from beside the old head, where nobody signed them.
  return [...all].filter(from => Number.isSafeInteger(from) && from > 0 && from < size).sort((a, b) => a - b)
}

export async function proofsOf(tree: Tree, from: readonly number[], readFile: ReadFile): Promise<HeadProofs> {
  const read = hashesFrom(openTiles(tree, readFile))
  const consistency = from.map(async size => ({
    from: size,
    hashes: (await proveConsistency(size, tree.size, read)).map(hex),
  }))
  return {
    state: (await proveInclusion(tree.size - 1, tree.size, read)).map(hex),
    consistency: await Promise.all(consistency),
  }
}
