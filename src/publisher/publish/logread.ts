import { fromHex } from '../../base/bytes.ts'
import { readEntry } from '../../bundle/logentry.ts'
import type { Source } from '../../bundle/source.ts'
import type { LogEntry } from '../../bundle/types.ts'
import { readEntries } from '../../log/entries.ts'
import { TILE_WIDTH } from '../../log/paths.ts'
import { openTiles, type ReadFile, type Tree } from '../../log/tiles.ts'
import { logPath } from './paths.ts'

/** An entry and where it stands. */
export interface ReadEntry {
  readonly index: number
  readonly bytes: Uint8Array
  readonly entry: LogEntry
}

export interface LogPlace {
  readonly environment: string
  readonly epoch: number
  readonly tree: Tree
}

export function treeOf(log: { readonly size: number; readonly root: string }): Tree {
  return { size: log.size, root: fromHex(log.root)! }
}

/** The entries of a log, each proved to be under its root, the newest first: who looks for something recent reads little. What is none is left out. */
export async function* entriesBackwards(
  source: Source,
  { environment, epoch, tree }: LogPlace,
): AsyncGenerator<ReadEntry> {
  const readFile: ReadFile = (path, maxBytes) => source.get(logPath(environment, epoch, path), { maxBytes })
  const readTile = openTiles(tree, readFile)
  for (let tile = Math.ceil(tree.size / TILE_WIDTH) - 1; tile >= 0; tile--) {
    const entries = await readEntries(tree.size, tile, readFile, readTile)
    for (let i = entries.length - 1; i >= 0; i--) {
      const bytes = entries[i]!
      const entry = readEntry(bytes)
      if (entry !== undefined) yield { index: tile * TILE_WIDTH + i, bytes, entry }
    }
  }
}
