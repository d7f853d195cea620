import { equalBytes, utf8 } from '../base/bytes.ts'
import { MAX_HEAD_FILE, MAX_ROOT_ENVELOPE, MAX_STOPS, WARN_STOPS } from '../base/limits.ts'
import { must } from '../base/must.ts'
import { parseTime } from '../base/time.ts'
import type { RuleSet, StopInForce } from '../rules/engine.ts'
import { environmentOf, openRootChain, type RootState } from '../trust/root.ts'
import { type Binding, type Envelope, readEnvelope, readPayload, verifyEnvelope } from '../trust/statement.ts'
import type { LoggedReference, RootEnvironment, Signed } from '../trust/types.ts'
import { checkFloor, checkFreshness, checkHead, checkOnward, checkSequence } from './head.ts'
import { readHeadFile } from './headfile.ts'
import { checkHistory, checkLogged } from './history.ts'
import { anchorsOf, checkMemory, type Memory, rememberState } from './memory.ts'
import { openRules } from './openrules.ts'
import { checkEffective, checkLineage, checkQuorum, checkReleaseForm } from './release.ts'
import { headShape, releaseShape, stopShape } from './shapes.ts'
import type { Notice, OpenOptions, VerifiedState } from './state.ts'
import { checkAnchored, checkRun, checkStoppers, type ReadStop } from './stop.ts'
import type { HeadPayload, ReleasePayload, StopPayload } from './types.ts'

/**
 * The checklist. It runs top down, and the first clause that does not hold is the refusal. The clauses are those of the
 * trust specification: 1 statements, 2 payloads, 3 keys, 4 and 5 roots, 6 head, 7 log, 8 release, 9 stops, P parts.
 */
export async function openState(given: OpenOptions): Promise<VerifiedState> {
  const options: OpenOptions = Object.assign(Object.create(null), given)
  const { project, environment: name, previous } = options
  const memory = previous?.memory ?? options.memory ?? undefined
  const pause = options.pause ?? (async () => {})
  const read = readerOf(options)

  // 3, 4, 5: the newest root. The pinned one is where belief begins.
  const readRoot = (n: number) => read(`roots/${n}.json`, MAX_ROOT_ENVELOPE)
  const walk = async (from: RootState | undefined) => {
    const found = await openRootChain({ pin: options.root, project, from, pause, read: readRoot })
    options.onRoot?.(found)
    return found
  }
  const asks = previous === undefined || options.askRoots === true
  const known = options.known ?? previous?.root
  let root = asks ? await walk(known) : known!

  // 6: the head file, and at once back if it is the one that runs.
  const bytes = await read(`${name}/head.json`, MAX_HEAD_FILE)
  must('6.0', bytes !== undefined, 'no_release', 'there is no head', `${name}/head.json`)
  if (root === previous?.root && equalBytes(bytes, previous.file.bytes)) return sameAgain(previous, options)
  const file = readHeadFile(bytes, `${name}/head.json`)
  if (root === previous?.root && file.head === previous.file.head) return sameAgain(previous, options)
  const envelope = readEnvelope(utf8(file.head), 'head', 'head')
  if (!asks && namesNewRoot(envelope, root, name)) root = await walk(root)
  const environment = environmentOf(root, name)
  if (memory !== undefined) checkMemory(memory, root, project, environment)

  // 6: the head, under the newest root.
  const binding = { project, environment: name, genesis: root.genesis }
  const signedHead = await verifyEnvelope(envelope, root.keys)
  const head = readPayload(envelope, headShape, binding)
  checkHead(head, signedHead, root, environment)
  const current = memory?.epoch === head.epoch ? memory : undefined
  checkSequence(head, envelope.digest, current)
  checkFloor(head, options.floor)
  const notices = checkFreshness(head, root, freshnessOf(options))
  const anchors = anchorsOf(current, environment)
  checkOnward(head, anchors)

  // 7: what is in force is the last entry of the log, and the log goes on from what was known. A memory made under
  // this very root has been held against its `standing` already.
  checkLogged(head, file.proofs)
  const unproven = current?.root.digest === root.digest ? [current] : anchors
  await checkHistory(head, file.proofs, unproven, options.source, options.signal)

  // 8: the release.
  const verified = new Map(root === previous?.root ? previous.verified : [])
  const openSigned = (one: Envelope) => signersOf(one, root, verified)
  const held = memory?.release.digest === head.state.release.digest
  const { release, signed, basis } = await openRelease(
    file.release,
    head.state.release,
    environment,
    binding,
    held,
    openSigned,
  )
  checkLineage(release, anchors)
  checkEffective(head, release, current)

  // 9: the stops.
  const heldStops = root === previous?.root ? previous.read : NO_STOPS
  const stops = await openStops(file.stops, binding, openSigned, heldStops)
  checkRun(stops, release, head.state)
  checkAnchored(stops, release, anchors)
  checkStoppers(stops, environment)
  notices.push(...tellManyStops(file.stops))

  // P: the rules. Only now is a part of them asked for.
  const { index, parts } = await openRules(
    release,
    file.index,
    previous,
    (path, max) => read(`${name}/${path}`, max),
    pause,
  )

  if (memory !== undefined && memory.epoch < head.epoch) notices.push(restarted(memory, head))
  const stale = isStale(notices)
  const used = [head.state.release.envelope, ...stops.map(stop => stop.envelope)]
  return Object.freeze({
    root,
    environment,
    head,
    release,
    basis,
    stops: Object.freeze(stops.map(stop => stop.payload)),
    index,
    parts,
    memory: rememberState(root, head, envelope.digest, release),
    signers: Object.freeze({
      root: root.signed,
      head: signedHead,
      release: signed,
      stops: stops.map(stop => stop.signed),
    }),
    ruleSet: ruleSetOf(head, release, stops, parts, stale),
    stale,
    notices: Object.freeze(notices),
    file: Object.freeze({ bytes, head: file.head }),
    verified: new Map(used.map(digest => [digest, verified.get(digest)!])),
    read: new Map(stops.map((stop, i) => [file.stops[i]!, stop])),
  })
}

/** The bytes are a copy: whoever holds the source's buffer cannot change them after they were checked. */
function readerOf({ source, signal }: OpenOptions) {
  return async (path: string, maxBytes: number): Promise<Uint8Array<ArrayBuffer> | undefined> => {
    signal?.throwIfAborted()
    const bytes = await source.get(path, { maxBytes, signal })
    if (bytes === undefined) return undefined
    must('6.29', bytes.length <= maxBytes, 'too_large', `more than ${maxBytes} bytes`, path)
    return new Uint8Array(bytes)
  }
}

/** Nobody vouches for this look; all that it can do is have the next root asked for. */
function namesNewRoot(envelope: Envelope, root: RootState, name: string): boolean {
  try {
    const open = { project: root.payload.project, environment: name, genesis: root.genesis }
    const head = readPayload(envelope, headShape, open)
    return head.state.root.version > root.payload.version || head.epoch > environmentOf(root, name).epoch
  } catch {
    return false
  }
}

function freshnessOf({ now, previous, allowStale }: OpenOptions) {
  return {
    now,
    mayBeStale: allowStale === true && previous?.stale !== false,
    mayBeEarly: previous === undefined || previous.notices.some(one => one.code === 'clock_fault'),
  }
}

const isStale = (notices: readonly Notice[]) =>
  notices.some(one => one.code === 'expired' || one.code === 'root_expired')

/** Nothing is verified twice; only time has gone on. */
function sameAgain(previous: VerifiedState, options: OpenOptions): VerifiedState {
  const lasting = previous.notices.filter(one => one.code === 'many_stops')
  const notices = [...checkFreshness(previous.head, previous.root, freshnessOf(options)), ...lasting]
  const told = previous.notices.filter(one => one.code !== 'log_restarted')
  if (told.map(one => one.code).join() === notices.map(one => one.code).join()) return previous
  const stale = isStale(notices)
  const { ruleSet } = previous
  const info = ruleSet.info && Object.freeze({ ...ruleSet.info, status: statusOf(stale) })
  return Object.freeze({
    ...previous,
    stale,
    notices: Object.freeze(notices),
    ruleSet: Object.freeze({ ...ruleSet, info }),
  })
}

/** A signature is checked once under one root, however often its statement comes. */
async function signersOf(
  envelope: Envelope,
  root: RootState,
  verified: Map<string, readonly Signed[]>,
): Promise<readonly Signed[]> {
  const signed = verified.get(envelope.envelope) ?? Object.freeze(await verifyEnvelope(envelope, root.keys))
  verified.set(envelope.envelope, signed)
  return signed
}

type OpenSigned = (envelope: Envelope) => Promise<readonly Signed[]>

async function openRelease(
  text: string,
  named: LoggedReference,
  environment: RootEnvironment,
  binding: Binding,
  held: boolean,
  openSigned: OpenSigned,
) {
  const envelope = readEnvelope(utf8(text), 'release', 'release')
  must('8.1', envelope.digest === named.digest, 'release_digest', 'not the release that the head names', 'release')
  must('8.2', envelope.envelope === named.envelope, 'not_logged', 'not the envelope that was logged', 'release')
  const signed = await openSigned(envelope)
  const release = readPayload(envelope, releaseShape, binding)
  must('8.3', release.version === named.version, 'release_digest', 'of another version than the head says', 'release')
  checkReleaseForm(release)
  const stands = environment.standing?.release.digest === envelope.digest
  if (!stands) checkQuorum(release, signed, environment, held)
  return { release, signed, basis: stands ? ('standing' as const) : ('quorum' as const) }
}

const NO_STOPS: ReadonlyMap<string, ReadStop> = new Map()

/** What is said of a stop follows from its text alone, under one root: a chain that grew by one costs one. */
async function openStops(
  texts: readonly string[],
  binding: Binding,
  openSigned: OpenSigned,
  held: ReadonlyMap<string, ReadStop>,
): Promise<ReadStop[]> {
  const stops: ReadStop[] = []
  for (const [i, text] of texts.entries()) {
    const known = held.get(text)
    if (known !== undefined) {
      stops.push(known)
      continue
    }
    const read = readEnvelope(utf8(text), 'stop', `stops/${i}`)
    const signed = await openSigned(read)
    const payload: StopPayload = readPayload(read, stopShape, binding)
    stops.push({ payload, digest: read.digest, envelope: read.envelope, signed })
  }
  return stops
}

/** Long before they no longer fit into head.json, so that there is time for a release that clears them. */
function tellManyStops(texts: readonly string[]): Notice[] {
  const size = texts.reduce((sum, text) => sum + text.length, 0)
  if (size <= WARN_STOPS) return []
  const what = `the stops in force take ${size} of the ${MAX_STOPS} bytes that head.json has for them`
  return [Object.freeze({ code: 'many_stops', what })]
}

function restarted(memory: Memory, head: HeadPayload): Notice {
  const what = `the log began again under ${head.log.origin}: epoch ${head.epoch} after ${memory.epoch}`
  return Object.freeze({ code: 'log_restarted', what })
}

const statusOf = (stale: boolean) => (stale ? 'stale' : 'live')

function ruleSetOf(
  head: HeadPayload,
  release: ReleasePayload,
  stops: readonly ReadStop[],
  parts: RuleSet['parts'],
  stale: boolean,
): RuleSet {
  const stopped = new Map<string, StopInForce>()
  for (const { payload } of stops) {
    for (const flag of payload.flags) if (!stopped.has(flag)) stopped.set(flag, { flag, version: payload.version })
  }
  const info = { version: release.version, digest: head.state.release.digest, status: statusOf(stale) }
  return Object.freeze({
    parts,
    stops: Object.freeze([...stopped.values()]),
    window: Object.freeze({ from: parseTime(head.issued)!, until: parseTime(head.expires)! }),
    info: Object.freeze(info),
  })
}
