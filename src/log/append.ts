import { concat } from '../base/bytes.ts'
import { printEntries, readEntries } from './entries.ts'
import { type Hash, leafHash, rootOf } from './merkle.ts'
import { entriesPath, TILE_WIDTH, tilePath, tileWidth } from './paths.ts'
import { edgeRoot, openTiles, type ReadFile, readEdge, type Tree } from './tiles.ts'

/** Where a log ends: what appending to it needs, and no more however long the log is. */
export interface LogTip {
  readonly size: number
  /** The hashes of the partial tile of each level, from level 0 up. */
  readonly edge: readonly (readonly Hash[])[]
  /** The entries beside the partial tile of level 0. */
  readonly entries: readonly Uint8Array[]
}

export interface LogFile {
  readonly path: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

export const EMPTY_TIP: LogTip = { size: 0, edge: [], entries: [] }

export function tipRoot(tip: LogTip): Hash {
  return edgeRoot(tip.edge)
}

/** Reads the tip of a log from its files, under the root. */
export async function readTip(tree: Tree, readFile: ReadFile): Promise<LogTip> {
  const edge = await readEdge(tree, readFile)
  const index = Math.floor(tree.size / TILE_WIDTH)
  const entries =
    tileWidth(0, index, tree.size) === 0 ? [] : await readEntries(tree.size, index, readFile, openTiles(tree, readFile))
  return { size: tree.size, edge, entries }
}

/**
 * The log with these entries at its end, and every file that is new: tiles and entry bundles that became full, and the
 * partial ones at the new size. The same call gives the same files, so writing them twice does no harm.
 */
export function append(tip: LogTip, entries: readonly Uint8Array[]): { tip: LogTip; files: LogFile[] } {
  if (!Number.isSafeInteger(tip.size + entries.length)) throw new RangeError('a log has at most 2^53 - 1 leaves')
  const files: LogFile[] = []
  const size = tip.size + entries.length
  const rest = appendRow([...tip.entries], entries, firstOpen(tip.size), (index, full) =>
    files.push({ path: entriesPath(index, full.length), bytes: printEntries(full) }),
  )
  const edge: (readonly Hash[])[] = []
  let hashes: Hash[] = entries.map(leafHash)
  for (let level = 0; hashes.length > 0 || level < tip.edge.length; level++) {
    const above: Hash[] = []
    const before = Math.floor(tip.size / TILE_WIDTH ** level)
    const row = appendRow([...(tip.edge[level] ?? [])], hashes, firstOpen(before), (index, tile) => {
      files.push({ path: tilePath(level, index, tile.length), bytes: concat(...tile) })
      if (tile.length === TILE_WIDTH) above.push(rootOf(tile))
    })
    edge.push(row)
    hashes = above
  }
  return { tip: { size, edge, entries: rest }, files }
}

function firstOpen(count: number): number {
  return Math.floor(count / TILE_WIDTH)
}

/** Adds to a row that is cut into tiles: `emit` gets each full tile and then the partial one; what is left is returned. */
function appendRow<T>(open: T[], added: readonly T[], index: number, emit: (index: number, tile: T[]) => void): T[] {
  let row = open
  let at = index
  for (const one of added) {
    row.push(one)
    if (row.length < TILE_WIDTH) continue
    emit(at, row)
    at += 1
    row = []
  }
  if (added.length > 0 && row.length > 0) emit(at, row)
  return row
}
