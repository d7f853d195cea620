import { EnsignError } from '../../base/errors.ts'
import { parseJson } from '../../base/json.ts'
import { MAX_ENVELOPE, MAX_PAYLOAD } from '../../base/limits.ts'
import { eventShape } from '../../bundle/eventshape.ts'
import { releaseShape } from '../../bundle/shapes.ts'
import type { Source } from '../../bundle/source.ts'
import type { HeadPayload, ReleasePayload, StateEntry } from '../../bundle/types.ts'
import type { RootState } from '../../trust/root.ts'
import { readEnvelope, readPayload } from '../../trust/statement.ts'
import { entriesBackwards, treeOf } from './logread.ts'
import { eventPath, releasePath } from './paths.ts'
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

/** Digests of all releases that were in force in this epoch. */
export async function releasesInLog(source: Source, { environment, epoch, log }: HeadPayload): Promise<Set<string>> {
  const digests = new Set<string>()
  for await (const { entry } of entriesBackwards(source, { environment, epoch, tree: treeOf(log) })) {
    if (entry.type === 'state') digests.add(entry.release.digest)
  }
  return digests
}

export interface HistoryRow {
  readonly index: number
  readonly what: 'release' | 'stop' | 'root' | 'event'
  /** What happened, of an event: `withdrawn`, `drill`. */
  readonly actions: readonly string[]
  readonly state: StateEntry
}

/** What each append did, the newest first. */
export async function* historyOf(source: Source, head: HeadPayload): AsyncGenerator<HistoryRow> {
  const { environment, epoch, log } = head
  let later: { index: number; state: StateEntry } | undefined
  let events: Promise<string>[] = []
  for await (const { index, entry } of entriesBackwards(source, { environment, epoch, tree: treeOf(log) })) {
    if (entry.type === 'event') {
      events.unshift(actionOf(source, environment, entry.digest))
      continue
    }
    const actions = await Promise.all(events)
    if (later !== undefined) {
      yield { ...later, actions, what: actions.length > 0 ? 'event' : whatChanged(entry, later.state) }
    }
    later = { index, state: entry }
    events = []
  }
  if (later !== undefined) yield { ...later, actions: [], what: 'release' }
}

/** The file is held against the log by the digest of its statement; one that is gone is told by the audit. */
async function actionOf(source: Source, environment: string, digest: string): Promise<string> {
  const bytes = await source.get(eventPath(environment, digest), { maxBytes: MAX_ENVELOPE })
  if (bytes === undefined) return 'its statement is gone'
  const envelope = readEnvelope(bytes, 'event', 'event')
  if (envelope.digest !== digest) return 'its statement was changed'
  return eventShape(parseJson(envelope.payload, MAX_PAYLOAD, 'event'), 'event').action
}

function whatChanged(before: StateEntry, after: StateEntry): HistoryRow['what'] {
  if (before.release.digest !== after.release.digest) return 'release'
  return before.stop?.digest === after.stop?.digest ? 'root' : 'stop'
}
