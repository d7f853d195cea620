import { EnsignError } from '../../base/errors.ts'
import { MAX_ENVELOPE, MAX_ROOT_ENVELOPE } from '../../base/limits.ts'
import { eventShape } from '../../bundle/eventshape.ts'
import { readEntry } from '../../bundle/logentry.ts'
import { releaseShape, stopShape } from '../../bundle/shapes.ts'
import type { Source } from '../../bundle/source.ts'
import type {
  EventPayload,
  HeadPayload,
  LogEntry,
  ReleasePayload,
  StateEntry,
  StopPayload,
} from '../../bundle/types.ts'
import { readEntries } from '../../log/entries.ts'
import { TILE_WIDTH } from '../../log/paths.ts'
import { openTiles, type ReadFile } from '../../log/tiles.ts'
import { openRootChain, type RootState } from '../../trust/root.ts'
import { type Envelope, readEnvelope, readPayload, verifyEnvelope } from '../../trust/statement.ts'
import type { LoggedReference, RootPin, Signed } from '../../trust/types.ts'
import { treeOf } from '../publish/logread.ts'
import { eventPath, logPath, releasePath, rootPath, stopPath } from '../publish/paths.ts'

/** A logged statement, with who signed it by the root of that time. */
export interface Logged<P> {
  readonly payload: P
  readonly digest: string
  readonly envelope: Envelope
  readonly signed: readonly Signed[]
}

/** One append: what it changed, and the state that it ends with. */
export interface Step {
  /** Of the state. */
  readonly index: number
  readonly before: StateEntry | undefined
  readonly state: StateEntry
  readonly root: RootState
  readonly release: Logged<ReleasePayload> | undefined
  readonly stop: Logged<StopPayload> | undefined
  readonly events: readonly Logged<EventPayload>[]
}

export interface Finding {
  readonly entry: number
  readonly code: string
  readonly what: string
}

/** Where the history of an environment is read from. */
export interface Ledger {
  readonly source: Source
  readonly project: string
  readonly pin: RootPin
  readonly head: HeadPayload
}

/** The roots as they were: the chain up to each version. */
export function rootsOf({ source, project, pin }: Omit<Ledger, 'head'>): (version: number) => Promise<RootState> {
  const known = new Map<number, Promise<RootState>>()
  const read = (version: number) => source.get(rootPath(version), { maxBytes: MAX_ROOT_ENVELOPE })
  return version => {
    const open = async () => {
      const root = await openRootChain({ pin, project, read: async n => (n > version ? undefined : read(n)) })
      if (root.payload.version !== version) throw new EnsignError('root_missing', `root ${version} is not there`)
      return root
    }
    const found = known.get(version) ?? open()
    known.set(version, found)
    return found
  }
}

/**
 * Every append of a log, the oldest first. Each entry is proved to be under the root of the log; what cannot be read or
 * does not fit together is told as a finding and left out.
 */
export async function* walkLog(ledger: Ledger, tell: (finding: Finding) => void): AsyncGenerator<Step> {
  const { head } = ledger
  const rootAt = rootsOf(ledger)
  let before: StateEntry | undefined
  let pending: { index: number; digest: string; envelope: string }[] = []
  let last = -1
  for await (const { index, entry } of entriesOf(ledger)) {
    const guard = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
      try {
        return await work()
      } catch (error) {
        if (!(error instanceof EnsignError)) throw error
        tell({ entry: index, code: error.code, what: error.message })
        return undefined
      }
    }
    last = index
    if (entry === undefined || !isOf(entry, head)) {
      tell({ entry: index, code: 'log_entry', what: 'an entry of another environment, or not in its one form' })
      continue
    }
    if (entry.type === 'event') {
      pending.push({ index, digest: entry.digest, envelope: entry.envelope })
      continue
    }
    const root = await guard(() => rootAt(entry.root.version))
    if (root === undefined) continue
    if (root.digest !== entry.root.digest) {
      tell({ entry: index, code: 'root_mismatch', what: `names another root ${entry.root.version}` })
      continue
    }
    const events = []
    for (const one of pending) events.push(await guard(() => readLogged(ledger, root, 'event', one, eventShape)))
    const isNew = before === undefined || before.release.digest !== entry.release.digest
    const isStop = entry.stop !== null && before?.stop?.digest !== entry.stop.digest
    yield {
      index,
      before,
      state: entry,
      root,
      release: isNew ? await guard(() => readLogged(ledger, root, 'release', entry.release, releaseShape)) : undefined,
      stop: isStop ? await guard(() => readLogged(ledger, root, 'stop', entry.stop!, stopShape)) : undefined,
      events: events.filter(one => one !== undefined),
    }
    before = entry
    pending = []
  }
  if (pending.length > 0) tell({ entry: last, code: 'log_entry', what: 'the log does not end with a state' })
}

async function* entriesOf({ source, head }: Ledger): AsyncGenerator<{ index: number; entry: LogEntry | undefined }> {
  const tree = treeOf(head.log)
  const readFile: ReadFile = (path, cap) => source.get(logPath(head.environment, head.epoch, path), { maxBytes: cap })
  const readTile = openTiles(tree, readFile)
  for (let tile = 0; tile * TILE_WIDTH < tree.size; tile++) {
    for (const [i, bytes] of (await readEntries(tree.size, tile, readFile, readTile)).entries()) {
      yield { index: tile * TILE_WIDTH + i, entry: readEntry(bytes) }
    }
  }
}

function isOf(entry: LogEntry, { genesis, project, environment }: HeadPayload): boolean {
  return entry.genesis === genesis && entry.project === project && entry.environment === environment
}

const PATHS = {
  release: (environment: string, named: LoggedReference) => releasePath(environment, named),
  stop: (environment: string, named: LoggedReference) => stopPath(environment, named),
  event: (environment: string, named: { readonly digest: string }) => eventPath(environment, named.digest),
} as const

async function readLogged<P extends object, T extends keyof typeof PATHS>(
  { source, head }: Ledger,
  root: RootState,
  type: T,
  named: Parameters<(typeof PATHS)[T]>[1] & { readonly digest: string; readonly envelope: string },
  shape: Parameters<typeof readPayload<P>>[1],
): Promise<Logged<P>> {
  const at = (PATHS[type] as (environment: string, named: unknown) => string)(head.environment, named)
  const bytes = await source.get(at, { maxBytes: MAX_ENVELOPE })
  if (bytes === undefined) throw new EnsignError('statement_missing', `${at} is gone`)
  const envelope = readEnvelope(bytes, type, at)
  if (envelope.digest !== named.digest || envelope.envelope !== named.envelope) {
    throw new EnsignError('statement_changed', `${at} is not what the log commits to`)
  }
  const binding = { project: head.project, environment: head.environment, genesis: root.genesis }
  return {
    payload: readPayload(envelope, shape, binding),
    digest: envelope.digest,
    envelope,
    signed: await verifyEnvelope(envelope, root.keys),
  }
}
