import { equalBytes, utf8 } from '../../base/bytes.ts'
import { readHeadFile } from '../../bundle/headfile.ts'
import type { VerifiedState } from '../../bundle/state.ts'
import type { LogTip } from '../../log/append.ts'
import type { Tree } from '../../log/tiles.ts'
import type { RootState } from '../../trust/root.ts'
import type { Reference } from '../../trust/types.ts'
import { headPath, partPath, releasePath, stopPath } from './paths.ts'
import { sameTree } from './tree.ts'

/**
 * What a publisher that goes on running verified last. It stands between a stop and everybody who waits for it, so the
 * same bytes are neither verified nor read a second time. Whatever else is found in the store is judged from nothing.
 */
export interface Kept {
  /** The chain of roots is gone on with from here: no store can take back one that was seen. */
  root(): RootState | undefined
  /** The state of these very bytes under this root; undefined where it is another one. */
  state(head: Uint8Array, root: RootState): VerifiedState | undefined
  /** The statements that travel with its head, by the paths where the store has them too. */
  files(): ReadonlyMap<string, Uint8Array>
  /** Where the log of this tree ends; undefined where it is another one. */
  tip(tree: Tree): LogTip | undefined
  keep(state: VerifiedState, end?: LogEnd): void
}

/** The end of a log and the tree that it belongs to. */
export interface LogEnd {
  readonly tree: Tree
  readonly tip: LogTip
}

export function createKept(): Kept {
  let kept: VerifiedState | undefined
  let files: ReadonlyMap<string, Uint8Array> = new Map()
  let end: LogEnd | undefined
  return {
    root: () => kept?.root,
    state: (head, root) =>
      kept !== undefined && kept.root.digest === root.digest && equalBytes(kept.file.bytes, head) ? kept : undefined,
    files: () => files,
    tip: tree => (end !== undefined && sameTree(end.tree, tree) ? end.tip : undefined),
    keep(state, newEnd = end) {
      kept = state
      files = filesIn(state)
      end = newEnd
    },
  }
}

function filesIn({ head, stops, release, file }: VerifiedState): Map<string, Uint8Array> {
  const { environment, state } = head
  const found = readHeadFile(file.bytes, headPath(environment))
  const files = new Map([[releasePath(environment, state.release), utf8(found.release)]])
  // Each stop names the one before; the head names the last.
  let at: Reference | null = state.stop
  for (let i = stops.length - 1; i >= 0 && at !== null; i--) {
    const { previous, version } = stops[i]!
    files.set(stopPath(environment, at), utf8(found.stops[i]!))
    at = previous === null ? null : { version: version - 1, digest: previous }
  }
  if (found.index !== undefined) files.set(partPath(environment, release.parts.digest), utf8(found.index))
  return files
}
