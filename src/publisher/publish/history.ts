import { EnsignError } from '../../base/errors.ts'
import { releaseShape } from '../../bundle/shapes.ts'
import type { Source } from '../../bundle/source.ts'
import type { HeadPayload, ReleasePayload, StateEntry } from '../../bundle/types.ts'
import type { RootState } from '../../trust/root.ts'
import { readEnvelope, readPayload } from '../../trust/statement.ts'
import { entriesBackwards, treeOf } from './logread.ts'
import { releasePath } from './paths.ts'
import { readRelease } from './stops.ts'

/** A release that was in force, as the log names it. */
export async function releaseInLog(
  source: Source,
  root: RootState,
  head: HeadPayload,
  version: number,
): Promise<ReleasePayload> {
  const { environment, epoch, log, project } = head
  for await (const { entry } of entriesBackwards(source, { environment, epoch, tree: treeOf(log) })) {
    if (entry.type !== 'state' || entry.release.version !== version) continue
    const path = releasePath(environment, entry.release)
    const envelope = readEnvelope(await readRelease(source, path, entry.release), 'release', path)
    return readPayload(envelope, releaseShape, { project, environment, genesis: root.genesis })
  }
  throw new EnsignError('release_missing', `release ${version} was never in force in ${environment}`)
}

export interface HistoryRow {
  readonly index: number
  readonly what: 'release' | 'stop' | 'root' | 'event'
  readonly state: StateEntry
}

/** What each append did, the newest first. */
export async function* historyOf(source: Source, head: HeadPayload): AsyncGenerator<HistoryRow> {
  const { environment, epoch, log } = head
  let later: { index: number; state: StateEntry } | undefined
  let events = 0
  for await (const { index, entry } of entriesBackwards(source, { environment, epoch, tree: treeOf(log) })) {
    if (entry.type === 'event') {
      events++
      continue
    }
    if (later !== undefined) yield { ...later, what: events > 0 ? 'event' : whatChanged(entry, later.state) }
    later = { index, state: entry }
    events = 0
  }
  if (later !== undefined) yield { ...later, what: 'release' }
}

function whatChanged(before: StateEntry, after: StateEntry): HistoryRow['what'] {
  if (before.release.digest !== after.release.digest) return 'release'
  return before.stop?.digest === after.stop?.digest ? 'root' : 'stop'
}
