import { EnsignError } from '../src/base/errors.ts'
import { MAX_ENVELOPE, MAX_MANIFEST, MAX_ROOT_ENVELOPE } from '../src/base/limits.ts'
import { eventShape } from '../src/bundle/eventshape.ts'
import { openState } from '../src/bundle/open.ts'
import { releaseShape, stopShape } from '../src/bundle/shapes.ts'
import type { Source } from '../src/bundle/source.ts'
import type { VerifiedState } from '../src/bundle/state.ts'
import type { EventPayload, LogEntry, ReleasePayload, StateEntry, StopPayload } from '../src/bundle/types.ts'
import { checkManifest, readManifest } from '../src/publisher/manifest/check.ts'
import { readRules } from '../src/publisher/manifest/readrules.ts'
import type { Manifest } from '../src/publisher/manifest/types.ts'
import { entriesBackwards, treeOf } from '../src/publisher/publish/logread.ts'
import { eventPath, manifestPath, releasePath, stopPath } from '../src/publisher/publish/paths.ts'
import { NO_RULES, type PlainRules } from '../src/publisher/rules.ts'
import type { Shape } from '../src/trust/shape.ts'
import { type Binding, type KnownKey, readEnvelope, readPayload, verifyEnvelope } from '../src/trust/statement.ts'
import type { LoggedReference, Signed, StatementType } from '../src/trust/types.ts'
import { type Check, type CheckName, passed, refused } from './checks.ts'

/** A statement of the log, opened again here. */
export interface Opened<P> {
  readonly payload: P
  readonly digest: string
  readonly signed: readonly Signed[]
}

export type ReleaseRow = Extract<TimelineRow, { kind: 'release' }>

export type TimelineRow =
  | {
      readonly kind: 'release'
      readonly index: number
      readonly since: string
      readonly stop: number
      readonly named: LoggedReference
      readonly of: Opened<ReleasePayload>
    }
  | { readonly kind: 'stop'; readonly index: number; readonly named: LoggedReference; readonly of: Opened<StopPayload> }
  | { readonly kind: 'event'; readonly index: number; readonly of: Opened<EventPayload> }

export interface Evidence {
  readonly state: VerifiedState
  readonly rules: PlainRules
  /** The digest of root 1. */
  readonly genesis: string
  /** Newest first. */
  readonly timeline: readonly TimelineRow[]
  /** Older rows are in the log and were not opened. */
  readonly more: boolean
  /** The rules of any release of the timeline, each byte checked. */
  rulesOf(release: ReleasePayload): Promise<PlainRules>
  /** Its audit manifest, after everything in it that can be computed was computed again. */
  manifestOf(release: ReleaseRow): Promise<Manifest>
}

export interface GatherOptions {
  readonly source: Source
  readonly project: string
  readonly environment: string
  readonly now: number
  /** Digest of root 1 that somebody carried here by another way; empty: believed at first sight. */
  readonly pinned: string
  readonly onCheck: (check: Check) => void
}

const MAX_ROWS = 500

/** Verifies everything that a browser can, tells each check as it passes, and stops at the first that does not. */
export async function gather(options: GatherOptions): Promise<Evidence> {
  let doing: CheckName = 'root'
  const done = (name: CheckName, detail: string, warning = false) => options.onCheck(passed(name, detail, warning))
  try {
    const root = await pinnedRoot(options)
    const state = await openState({ ...options, root: root.bytes, allowStale: true })
    const { head, release, signers } = state
    const genesis = state.root.genesis
    if (root.compared) done('root', `root 1 is ${genesis}, as you said`)
    else done('root', `root 1 is ${genesis}; compare this digest with the one that your application pins`, true)
    done(
      'chain',
      `${count(state.root.chain.length, 'root')}, the newest is ${state.root.payload.version}, signed by ${people(state.root.signed)}`,
    )
    const notice = state.notices.find(one => one.code !== 'log_restarted')
    done(
      'head',
      notice?.what ?? `issued ${head.issued}, good until ${head.expires}, signed by ${people(signers.head)}`,
      notice !== undefined,
    )
    done('logged', `entry ${head.log.size - 1} of ${head.log.origin} is what is in force`)
    const standing = state.basis === 'standing' ? ', vouched for by the newest root' : ''
    done(
      'release',
      `release ${release.version} by ${release.author}, approved by ${people(others(signers.release, release.author)) || 'nobody: none is asked for'}${standing}`,
    )
    done(
      'stops',
      state.stops.length === 0 ? 'none is in force' : `${count(state.stops.length, 'stop')} in force, without a gap`,
    )
    done('parts', `${count(state.index.length, 'file')} of rules, each with the digest that the release names`)
    doing = 'history'
    const book = await readTimeline(options, state)
    done(
      'history',
      `${count(head.log.size, 'log entry', 'log entries')} under one root; ${count(book.timeline.length, 'signed statement')} opened again`,
    )
    doing = 'manifest'
    const rulesOf = (of: ReleasePayload) => readRules(options.source, of)
    const manifestOf = manifestReader(options, state, book.timeline, rulesOf)
    const newest = book.timeline.find(isRelease)
    const manifest = newest === undefined ? undefined : await manifestOf(newest)
    done('manifest', `${count(manifest?.events.length ?? 0, 'change')} told, and nothing else changed in the rules`)
    return { state, rules: await rulesOf(release), genesis, ...book, rulesOf, manifestOf }
  } catch (error) {
    options.onCheck(refused(error, doing))
    throw error
  }
}

async function pinnedRoot({ source, pinned }: GatherOptions): Promise<{ bytes: Uint8Array; compared: boolean }> {
  const bytes = await source.get('roots/1.json', { maxBytes: MAX_ROOT_ENVELOPE })
  if (bytes === undefined) throw new EnsignError('root_missing', 'the store has no root', { at: 'roots/1.json' })
  const { digest } = readEnvelope(bytes, 'root', 'roots/1.json')
  if (pinned !== '' && digest !== pinned)
    throw new EnsignError('root_digest', `root 1 is ${digest}`, { at: 'roots/1.json' })
  return { bytes, compared: pinned !== '' }
}

/** Statements of the log are judged by the keys of every root of the chain: who signed then may have left since. */
async function readTimeline(
  options: GatherOptions,
  state: VerifiedState,
): Promise<Pick<Evidence, 'timeline' | 'more'>> {
  const { source, environment } = options
  const { head, root } = state
  const everyKey = new Map<string, KnownKey>()
  for (const [kid, { owner, key }] of root.history.owners) everyKey.set(kid, { ...key, person: owner, machine: false })
  const binding: Binding = { project: options.project, environment, genesis: root.genesis }

  const open = async <P extends object>(
    path: string,
    type: StatementType,
    shape: Shape<P>,
    envelopeDigest: string,
  ): Promise<Opened<P>> => {
    const bytes = await source.get(path, { maxBytes: MAX_ENVELOPE })
    if (bytes === undefined)
      throw new EnsignError('statement_missing', 'a statement that the log names is not there', { at: path })
    const envelope = readEnvelope(bytes, type, path)
    if (envelope.envelope !== envelopeDigest)
      throw new EnsignError('not_logged', 'not the envelope that was logged', { at: path })
    return {
      payload: readPayload(envelope, shape, binding),
      digest: envelope.digest,
      signed: await verifyEnvelope(envelope, everyKey),
    }
  }

  const timeline: TimelineRow[] = []
  let later: { readonly index: number; readonly state: StateEntry } | undefined
  const place = { environment, epoch: head.epoch, tree: treeOf(head.log) }
  // A row belongs to the first entry that names it, and entries come newest first.
  const settle = async (before: StateEntry | undefined) => {
    if (later === undefined) return
    const { index, state: now } = later
    if (now.stop !== null && now.stop.digest !== before?.stop?.digest) {
      const of = await open(stopPath(environment, now.stop), 'stop', stopShape, now.stop.envelope)
      timeline.push({ kind: 'stop', index, named: now.stop, of })
    }
    if (now.release.digest !== before?.release.digest) {
      const of = await open(releasePath(environment, now.release), 'release', releaseShape, now.release.envelope)
      timeline.push({ kind: 'release', index, since: now.since, stop: now.stop?.version ?? 0, named: now.release, of })
    }
  }
  for await (const { index, entry } of entriesBackwards(source, place)) {
    if (timeline.length >= MAX_ROWS) return { timeline, more: true }
    if (isState(entry)) {
      await settle(entry)
      later = { index, state: entry }
    } else {
      const of = await open(eventPath(environment, entry.digest), 'event', eventShape, entry.envelope)
      timeline.push({ kind: 'event', index, of })
    }
  }
  await settle(undefined)
  return { timeline, more: false }
}

const isState = (entry: LogEntry): entry is StateEntry => entry.type === 'state'

function manifestReader(
  { source, environment }: GatherOptions,
  state: VerifiedState,
  timeline: readonly TimelineRow[],
  rulesOf: Evidence['rulesOf'],
): Evidence['manifestOf'] {
  const releases = new Map(timeline.flatMap(row => (row.kind === 'release' ? [[row.of.digest, row.of] as const] : [])))
  return async row => {
    const { payload } = row.of
    const at = manifestPath(environment, payload.manifest.digest)
    const bytes = await source.get(at, { maxBytes: MAX_MANIFEST })
    if (bytes === undefined) throw new EnsignError('manifest', 'the manifest is not there', { at })
    const manifest = await readManifest(bytes, payload.manifest)
    const previous = payload.previous === null ? undefined : releases.get(payload.previous)
    if (payload.previous !== null && previous === undefined) return manifest
    const stops = timeline.flatMap(row => (row.kind === 'stop' ? [row.of.payload] : []))
    await checkManifest(manifest, payload, {
      genesis: state.root.genesis,
      project: payload.project,
      environment,
      version: payload.version,
      previous: payload.previous,
      created: payload.created,
      before: previous === undefined ? NO_RULES : await rulesOf(previous.payload),
      after: await rulesOf(payload),
      stops: stopsBefore(row, previous?.payload, stops),
      clears: payload.clears,
    })
    return manifest
  }
}

/** The stops that were in force when a release took effect: after what the release before cleared. */
function stopsBefore(
  { stop }: ReleaseRow,
  previous: ReleasePayload | undefined,
  stops: readonly StopPayload[],
): readonly StopPayload[] {
  const cleared = previous?.clears?.version ?? 0
  return stops.filter(({ version }) => version > cleared && version <= stop).sort((a, b) => a.version - b.version)
}

export const isRelease = (row: TimelineRow): row is ReleaseRow => row.kind === 'release'

export function people(signed: readonly Signed[]): string {
  return [...new Set(signed.map(one => one.person))].join(', ')
}

export const others = (signed: readonly Signed[], author: string) => signed.filter(one => one.person !== author)

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`
}
