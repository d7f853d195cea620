import { fromBase64url, fromUtf8, hex, utf8 } from '../../base/bytes.ts'
import { EnsignError } from '../../base/errors.ts'
import { formatTime, parseTime } from '../../base/time.ts'
import { openState } from '../../bundle/open.ts'
import { releaseShape } from '../../bundle/shapes.ts'
import type { Source } from '../../bundle/source.ts'
import type { VerifiedState } from '../../bundle/state.ts'
import type { HeadPayload, StateEntry } from '../../bundle/types.ts'
import { append, EMPTY_TIP, type LogTip, readTip, tipRoot } from '../../log/append.ts'
import { makeCheckpoint } from '../../log/checkpoint.ts'
import type { ReadFile, Tree } from '../../log/tiles.ts'
import { sealStatement } from '../../trust/seal.ts'
import { readEnvelope, readPayload } from '../../trust/statement.ts'
import type { Current } from './current.ts'
import { printHeadFile } from './headfile.ts'
import type { LogEnd } from './kept.ts'
import { headPath, logPath, partPath, releasePath } from './paths.ts'
import { proofsOf, sizesToProve } from './proofs.ts'
import { wentBack } from './seen.ts'
import { overlay } from './sources.ts'
import { readRelease, readStops } from './stops.ts'
import type { Publisher } from './types.ts'

/** A head that clients would accept, with all that has to be in the store before it. */
export interface Prepared {
  readonly size: number
  /** Where the log ends then; undefined where nothing is appended. */
  readonly end: LogEnd | undefined
  /** Tiles and entries, by path of the project. */
  readonly tiles: ReadonlyMap<string, Uint8Array>
  readonly checkpoint: Uint8Array
  readonly head: HeadPayload
  readonly headFile: Uint8Array
  readonly verified: VerifiedState
}

/** Small enough to travel with every head, so that a change costs one request less. */
const MAX_INLINE_INDEX = 16 * 1024

/**
 * Builds the next head over the log with these entries, without writing anything, and verifies the result as an SDK
 * will: from the files that would be there, with the memory of what is in force.
 */
export async function prepare(
  publisher: Publisher,
  current: Current,
  entries: readonly Uint8Array[],
  files: ReadonlyMap<string, Uint8Array>,
  before: VerifiedState | undefined,
): Promise<Prepared> {
  const { environment, base } = current
  const log = await appended(current, entries, publisher.kept?.tip(base.tree))
  const all = new Map([...files, ...log.tiles])
  const source = overlay(current.source, all)
  const state = entries.length === 0 ? base.state! : (JSON.parse(fromUtf8(entries.at(-1)!)!) as StateEntry)

  const readLog: ReadFile = (path, maxBytes) =>
    source.get(logPath(environment.name, environment.epoch, path), { maxBytes })
  const sizes = sizesToProve(
    current.head === undefined ? undefined : { size: current.head.log.size, proofs: current.proofs! },
    environment.standing?.log.size,
    log.tree.size,
  )
  const head = nextHead(publisher, current, state, log.tree)
  const [sealed, checkpoint, statements, proofs] = await Promise.all([
    sealStatement(head, [publisher.keys.head], Math.floor(publisher.now() / 1000)),
    checkpointOf(publisher, current, log.tree),
    statementsOf(source, current, state),
    proofsOf(log.tree, sizes, readLog),
  ])
  const headFile = printHeadFile({ head: fromUtf8(sealed)!, ...statements, proofs, checkpoint })
  const memory = before?.memory ?? (await publisher.seen?.load())
  const verified = await openState({
    source: overlay(source, new Map([[headPath(environment.name), headFile]])),
    project: publisher.project,
    environment: environment.name,
    root: publisher.root,
    now: publisher.now(),
    ...(memory === undefined ? {} : { memory }),
    ...(before === undefined ? {} : { previous: before }),
  }).catch(error => {
    throw before === undefined ? wentBack(error, memory) : error
  })
  const { tree, tiles, end } = log
  return { size: tree.size, end, tiles, checkpoint: utf8(checkpoint), head, headFile, verified }
}

interface Appended {
  readonly tree: Tree
  readonly end: LogEnd | undefined
  readonly tiles: ReadonlyMap<string, Uint8Array>
}

async function appended(
  { environment, base, readLog }: Current,
  entries: readonly Uint8Array[],
  known: LogTip | undefined,
): Promise<Appended> {
  if (entries.length === 0) return { tree: base.tree, end: undefined, tiles: new Map() }
  const moved = new Map(base.files.map(({ path, bytes }) => [path, bytes]))
  const tip =
    base.tree.size === 0
      ? EMPTY_TIP
      : (known ??
        (await readTip(base.tree, (path, cap) =>
          moved.has(path) ? Promise.resolve(moved.get(path)) : readLog(path, cap),
        )))
  const next = append(tip, entries)
  const tiles = [...base.files, ...next.files].map(
    ({ path, bytes }) => [logPath(environment.name, environment.epoch, path), bytes] as const,
  )
  const tree = { size: next.tip.size, root: tipRoot(next.tip) }
  return { tree, end: { tree, tip: next.tip }, tiles: new Map(tiles) }
}

async function checkpointOf({ keys }: Publisher, { environment }: Current, tree: Tree): Promise<string> {
  const { origin, key } = environment.log
  if (keys.log.jwk.kid !== key.kid) throw new EnsignError('publish_key', 'not the key of this log')
  return makeCheckpoint({ origin, ...tree }, fromBase64url(key.x)!, input => keys.log.sign(input))
}

function nextHead({ project, now, keys }: Publisher, current: Current, state: StateEntry, tree: Tree): HeadPayload {
  const { root, environment, head } = current
  if (!environment.publish.includes(keys.head.person)) {
    throw new EnsignError('publish_key', `${keys.head.person} does not publish ${environment.name}`)
  }
  // A clock that went back must not make a head that looks older than the one before.
  const issued = Math.max(Math.floor(now() / 1000) * 1000, head === undefined ? 0 : parseTime(head.issued)!)
  return {
    type: 'head',
    spec: 1,
    genesis: root.genesis,
    project,
    environment: environment.name,
    epoch: environment.epoch,
    sequence: (head?.sequence ?? 0) + 1,
    issued: formatTime(issued),
    expires: formatTime(issued + environment.headLifetime * 1000),
    state,
    log: { origin: environment.log.origin, size: tree.size, root: hex(tree.root) },
  }
}

/** The release, the stops that are in force, and a small index: what travels beside the head. */
async function statementsOf(
  source: Source,
  { root, environment }: Current,
  state: StateEntry,
): Promise<{ release: string; stops: string[]; index?: string }> {
  const { name } = environment
  const binding = { project: root.payload.project, environment: name, genesis: root.genesis }
  const at = releasePath(name, state.release)
  const releaseBytes = await readRelease(source, at, state.release)
  const { clears, parts } = readPayload(readEnvelope(releaseBytes, 'release', at), releaseShape, binding)
  const stops = (await readStops(source, binding, state.stop, clears)).map(({ bytes }) => fromUtf8(bytes)!)
  const release = fromUtf8(releaseBytes)!
  if (parts.size > MAX_INLINE_INDEX) return { release, stops }
  const index = await source.get(partPath(name, parts.digest), { maxBytes: MAX_INLINE_INDEX })
  return index === undefined ? { release, stops } : { release, stops, index: fromUtf8(index)! }
}
