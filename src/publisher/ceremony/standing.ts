import { hex } from '../../base/bytes.ts'
import { EnsignError } from '../../base/errors.ts'
import { releaseShape } from '../../bundle/shapes.ts'
import type { Source } from '../../bundle/source.ts'
import type { StateEntry } from '../../bundle/types.ts'
import { leafHash, rootOf } from '../../log/merkle.ts'
import type { RootState } from '../../trust/root.ts'
import { environmentOf } from '../../trust/root.ts'
import { readEnvelope, readPayload } from '../../trust/statement.ts'
import type { Standing } from '../../trust/types.ts'
import { readHead } from '../publish/current.ts'
import { entriesBackwards, treeOf } from '../publish/logread.ts'
import { releasePath } from '../publish/paths.ts'
import { readRelease } from '../publish/stops.ts'

/**
 * What the signers of a new root vouch for: what is in force now, or was when the log had `size` entries, which is how
 * one goes back behind what a thief of the publish key had logged.
 */
export async function standingOf(
  source: Source,
  root: RootState,
  name: string,
  size?: number,
): Promise<Standing | null> {
  const head = await readHead(source, root, name)
  if (head === undefined) return environmentOf(root, name).standing
  if (size === undefined || size === head.log.size) return standingAt(source, root, head.state, head.log)
  const leaves: Uint8Array[] = []
  let state: StateEntry | undefined
  const place = { environment: name, epoch: head.epoch, tree: treeOf(head.log) }
  for await (const { index, bytes, entry } of entriesBackwards(source, place)) {
    if (index >= size) continue
    if (index === size - 1 && entry.type === 'state') state = entry
    leaves.unshift(leafHash(bytes))
  }
  if (state === undefined) throw new EnsignError('usage', `the log has no state at size ${size}`)
  return standingAt(source, root, state, { size, root: hex(rootOf(leaves)) })
}

async function standingAt(source: Source, root: RootState, state: StateEntry, log: Standing['log']): Promise<Standing> {
  const { environment } = state
  const path = releasePath(environment, state.release)
  const bytes = await readRelease(source, path, state.release)
  const binding = { project: state.project, environment, genesis: root.genesis }
  const { clears } = readPayload(readEnvelope(bytes, 'release', path), releaseShape, binding)
  const plain = ({ version, digest }: { version: number; digest: string }) => ({ version, digest })
  return {
    release: plain(state.release),
    stop: state.stop === null ? null : plain(state.stop),
    clears,
    log: { size: log.size, root: log.root },
  }
}
