import { equalBytes, fromBase64url, fromHex } from '../../../base/bytes.ts'
import { EnsignError } from '../../../base/errors.ts'
import type { VerifiedState } from '../../../bundle/state.ts'
import { append, EMPTY_TIP, type LogTip, tipRoot } from '../../../log/append.ts'
import { MAX_CHECKPOINT, verifyCheckpoint } from '../../../log/checkpoint.ts'
import { readEntries } from '../../../log/entries.ts'
import { TILE_WIDTH } from '../../../log/paths.ts'
import { openTiles, type ReadFile } from '../../../log/tiles.ts'

export interface LogMirror {
  /**
   * Brings the copy up to a verified head: entries are read under the root that the head names, and the tiles are made
   * from them here, so that no tile of somebody else is passed on.
   */
  follow(state: VerifiedState): Promise<void>
}

export interface LogMirrorOptions {
  /** Below the folder of the log of this epoch. `local` is the copy that is there already. */
  readonly upstream: (epoch: number) => ReadFile
  readonly local: (epoch: number) => ReadFile
  readonly write: (epoch: number, path: string, bytes: Uint8Array) => Promise<void>
  /** Told with each entry that is new to this copy. */
  readonly onEntry: (entry: Uint8Array) => void
}

export function createLogMirror(options: LogMirrorOptions): LogMirror {
  let epoch = 0
  let tip: LogTip = EMPTY_TIP

  const extend = async (state: VerifiedState, read: ReadFile): Promise<LogTip> => {
    const { size } = state.head.log
    const root = fromHex(state.head.log.root)!
    const readTile = openTiles({ size, root }, read)
    let grown = tip
    for (let index = Math.floor(tip.size / TILE_WIDTH); index * TILE_WIDTH < size; index++) {
      const entries = await readEntries(size, index, read, readTile)
      const added = entries.slice(grown.size - index * TILE_WIDTH)
      const { tip: next, files } = append(grown, added)
      // A file that holds what a later one says anew is not worth a write before the whole is known to be right.
      if (next.size === size && !equalBytes(tipRoot(next), root)) {
        throw new EnsignError('log_rewritten', 'the log does not go on from the copy')
      }
      for (const { path, bytes } of files) await options.write(state.head.epoch, path, bytes)
      for (const entry of added) options.onEntry(entry)
      grown = next
    }
    return grown
  }

  const checkpoint = async (state: VerifiedState): Promise<void> => {
    const { log } = state.environment
    const note = await options.upstream(state.head.epoch)('checkpoint', MAX_CHECKPOINT)
    if (note === undefined) return
    const found = await verifyCheckpoint(note, { name: log.origin, publicKey: fromBase64url(log.key.x)! })
    // The publisher may be a step further already; the next head brings that one.
    if (found.size !== state.head.log.size || !equalBytes(found.root, fromHex(state.head.log.root)!)) return
    await options.write(state.head.epoch, 'checkpoint', note)
  }

  return {
    async follow(state) {
      const { epoch: now, log } = state.head
      if (now !== epoch || log.size < tip.size) {
        epoch = now
        tip = EMPTY_TIP
      }
      if (log.size > tip.size) {
        const [local, upstream] = [options.local(now), options.upstream(now)]
        const either: ReadFile = async (path, max) => (await local(path, max)) ?? upstream(path, max)
        try {
          tip = await extend(state, either)
        } catch (error) {
          if (!(error instanceof EnsignError)) throw error
          // The copy on disk is not what it was; the upstream's is asked for all of it.
          tip = EMPTY_TIP
          tip = await extend(state, upstream)
        }
      }
      await checkpoint(state)
    },
  }
}
