import { fromHex, fromUtf8 } from '../../base/bytes.ts'
import { EnsignError } from '../../base/errors.ts'
import type { Source } from '../../bundle/source.ts'
import type { StateEntry } from '../../bundle/types.ts'
import { append, EMPTY_TIP } from '../../log/append.ts'
import { readEntries } from '../../log/entries.ts'
import { rootOf } from '../../log/merkle.ts'
import { TILE_WIDTH } from '../../log/paths.ts'
import { openTiles, type ReadFile } from '../../log/tiles.ts'
import type { RootEnvironment } from '../../trust/types.ts'
import type { Base } from './current.ts'
import { logPath } from './paths.ts'

/**
 * Without a head of this epoch: nothing, or what the root vouches for. A log goes on from its first `standing.log.size`
 * leaves, read from the folder of the epoch before and proved by the root, whatever was appended there later.
 */
export async function restartedBase(source: Source, { name, epoch, standing }: RootEnvironment): Promise<Base> {
  if (standing === null) return { state: undefined, tree: { size: 0, root: rootOf([]) }, files: [] }
  const tree = { size: standing.log.size, root: fromHex(standing.log.root)! }
  const readLog: ReadFile = (path, maxBytes) => source.get(logPath(name, epoch - 1, path), { maxBytes })
  const readTile = openTiles(tree, readLog)
  const entries: Uint8Array[] = []
  for (let index = 0; index * TILE_WIDTH < tree.size; index++) {
    entries.push(...(await readEntries(tree.size, index, readLog, readTile)))
  }
  const state = JSON.parse(fromUtf8(entries.at(-1)!) ?? 'null') as StateEntry
  if (state.type !== 'state' || state.release.digest !== standing.release.digest) {
    throw new EnsignError('root_standing', 'the log does not end with what the root vouches for')
  }
  return { state, tree, files: append(EMPTY_TIP, entries).files }
}
