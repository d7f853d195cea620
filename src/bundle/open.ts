import { equalBytes, utf8 } from '../base/bytes.ts'
import { MAX_HEAD_FILE, MAX_ROOT_ENVELOPE, MAX_STOPS, WARN_STOPS } from '../base/limits.ts'
import { must } from '../base/must.ts'
import { parseTime } from '../base/time.ts'
import type { RuleSet, StopInForce } from '../rules/engine.ts'
import { environmentOf, openRootChain, type RootState } from '../trust/root.ts'
import type { Shape } from '../trust/shape.ts'
import { type Binding, type Envelope, readEnvelope, readPayload, verifyEnvelope } from '../trust/statement.ts'
import type { StatementType } from '../trust/types.ts'
import { checkFloor, checkFreshness, checkHead, checkOnward, checkSequence } from './head.ts'
import { readHeadFile } from './headfile.ts'
import { checkHistory, checkLogged } from './history.ts'
import { anchorsOf, checkMemory, type Memory, rememberState } from './memory.ts'
import { openRules } from './openrules.ts'
import { checkEffective, checkLineage, checkNamed, checkQuorum, checkReleaseForm } from './release.ts'
import { headShape, releaseShape, stopShape } from './shapes.ts'
import type { Notice, OpenOptions, Statement, VerifiedState } from './state.ts'
import { checkAnchored, checkRun, checkStoppers } from './stop.ts'
import type { HeadPayload, ReleasePayload, StopPayload } from './types.ts'

/**
 * The checklist. It runs top down, and the first clause that does not hold is the refusal. The clauses are those of the
 * trust specification: 1 statements, 2 payloads, 3 keys, 4 and 5 roots, 6 head, 7 log, 8 release, 9 stops, P parts.
 */
export async function openState(given: OpenOptions): Promise<VerifiedState> {
  const options: OpenOptions = Object.assign(Object.create(null), given)
  const { project, environment: name, previous, namesNewRoot } = options
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
  const known = options.known ?? previous?.root
  const waits = previous !== undefined && namesNewRoot !== undefined
  let root = waits ? known! : await walk(known)

  // 6: the head file, and at once back if it is the one that runs.
  const bytes = await read(`${name}/head.json`, MAX_HEAD_FILE)
  must('6.0', bytes !== undefined, 'no_release', `${name}/head.json`)
  if (root === previous?.root && equalBytes(bytes, previous.file.bytes)) return sameAgain(previous, options)
  const file = readHeadFile(bytes, `${name}/head.json`)
  if (root === previous?.root && file.head === previous.file.head) return sameAgain(previous, options)
  if (waits && namesNewRoot(file.head, root, name)) root = await walk(root)
  const environment = environmentOf(root, name)
  if (memory !== undefined) checkMemory(memory, root, project, environment)

  const binding = { project, environment: name, genesis: root.genesis }
  const { open, opened } = statementsUnder(root, binding, root === previous?.root ? previous.opened : undefined)

  // 6: the head, under the newest root.
  const { payload: head, digest, signed } = await open('head', file.head, headShape, 'head')
  checkHead(head, signed, root, environment)
  const current = memory?.epoch === head.epoch ? memory : undefined
  checkSequence(head, digest, current)
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
  const named = head.state.release
  const release = await open('release', file.release, releaseShape, 'release', one => checkNamed(one, named))
  const { version } = release.payload
  must('8.3', version === named.version, 'release_digest', 'release')
  checkReleaseForm(release.payload)
  const stands = environment.standing?.release.digest === named.digest
  if (!stands) checkQuorum(release.payload, release.signed, environment, memory?.release.digest === named.digest)
  checkLineage(release.payload, anchors)
  checkEffective(head, release.payload, current)

  // 9: the stops.
  const stops: Statement<StopPayload>[] = []
  for (const [i, text] of file.stops.entries()) stops.push(await open('stop', text, stopShape, `stops/${i}`))
  checkRun(stops, release.payload, head.state)
  checkAnchored(stops, release.payload, anchors)
  checkStoppers(stops, environment)
  notices.push(...tellManyStops(file.stops))

  // P: the rules. Only now is a part of them asked for.
  const { index, parts } = await openRules(
    release.payload,
    file.index,
    previous,
    (path, max) => read(`${name}/${path}`, max),
    pause,
  )

  if (memory !== undefined && memory.epoch < head.epoch) notices.push(restarted(memory, head))
  const stale = isStale(notices)
  return Object.freeze({
    root,
    environment,
    head,
    release: release.payload,
    basis: stands ? 'standing' : 'quorum',
    stops: Object.freeze(stops.map(stop => stop.payload)),
    index,
    parts,
    memory: rememberState(root, head, digest, release.payload),
    signers: Object.freeze({ head: signed, release: release.signed, stops: stops.map(stop => stop.signed) }),
    ruleSet: ruleSetOf(head, release.payload, stops, parts, stale),
    stale,
    notices: Object.freeze(notices),
    file: Object.freeze({ bytes, head: file.head }),
    opened,
  })
}

/** What a statement says, and who signed it, follows from its text alone, under one root: none is read twice. */
function statementsUnder(root: RootState, binding: Binding, held: VerifiedState['opened'] | undefined) {
  const opened = new Map<string, Statement<object>>()
  const open = async <T extends object>(
    type: StatementType,
    text: string,
    shape: Shape<T>,
    at: string,
    judge = (_named: Pick<Statement<T>, 'digest' | 'envelope'>) => {},
  ): Promise<Statement<T>> => {
    const known = (opened.get(type + text) ?? held?.get(type + text)) as Statement<T> | undefined
    const read = known ?? readEnvelope(utf8(text), type, at)
    judge(read)
    const one = known ?? (await verified(read as Envelope, root, shape, binding))
    opened.set(type + text, one)
    return one
  }
  return { open, opened }
}

async function verified<T extends object>(read: Envelope, root: RootState, shape: Shape<T>, binding: Binding) {
  const signed = Object.freeze(await verifyEnvelope(read, root.keys))
  return { payload: readPayload(read, shape, binding), digest: read.digest, envelope: read.envelope, signed }
}

/** The bytes are a copy: whoever holds the source's buffer cannot change them after they were checked. */
function readerOf({ source, signal }: OpenOptions) {
  return async (path: string, maxBytes: number): Promise<Uint8Array<ArrayBuffer> | undefined> => {
    signal?.throwIfAborted()
    const bytes = await source.get(path, { maxBytes, signal })
    if (bytes === undefined) return undefined
    must('6.29', bytes.length <= maxBytes, 'too_large', path)
    return new Uint8Array(bytes)
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
  stops: readonly Statement<StopPayload>[],
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
