import { fromBase64url, hex } from '../../base/bytes.ts'
import { EnsignError } from '../../base/errors.ts'
import { MAX_MANIFEST } from '../../base/limits.ts'
import { parseTime } from '../../base/time.ts'
import { checkQuorum, checkReleaseForm } from '../../bundle/release.ts'
import type { EventPayload, ReleasePayload, StopPayload } from '../../bundle/types.ts'
import { verifyCheckpoint } from '../../log/checkpoint.ts'
import { proveConsistency, verifyConsistency } from '../../log/merkle.ts'
import { hashesFrom, openTiles, type ReadFile, type Tree } from '../../log/tiles.ts'
import { countSigners } from '../../trust/quorum.ts'
import { environmentOf } from '../../trust/root.ts'
import { checkManifest, readManifest } from '../manifest/check.ts'
import { readRules } from '../manifest/readrules.ts'
import { judgeRelease, judgeStop } from '../policy/judge.ts'
import { hoursToRatify, overdueStops, overdueText } from '../policy/ratify.ts'
import { printRefusal } from '../policy/refuse.ts'
import { requestOf } from '../policy/request.ts'
import { endedBy, mayEnd } from '../publish/closed.ts'
import { policyOfRoot, ripeness } from '../publish/judgepolicy.ts'
import { treeOf } from '../publish/logread.ts'
import { logPath, manifestPath } from '../publish/paths.ts'
import { NO_RULES, type PlainRules } from '../rules.ts'
import { type Finding, type Ledger, type Logged, rootsOf, type Step, walkLog } from './walk.ts'

export interface AuditReport {
  readonly environment: string
  readonly entries: number
  readonly releases: number
  readonly stops: number
  readonly events: number
  readonly findings: readonly Finding[]
  /** What went wrong once and can be mended no more: nobody has to act on it, and an auditor asks about it. */
  readonly notes: readonly Finding[]
}

/** What the steps before have left in force. */
interface Known {
  rules: PlainRules
  release: ReleasePayload | undefined
  stops: StopPayload[]
  /** Of each stop by its version: its entry, and how long it might stand by the policy of then. */
  limits: Map<number, { readonly entry: number; readonly hours: number }>
  /** What was said of releases that are not in force, by their digests. */
  ended: Map<string, Logged<EventPayload>[]>
}

/**
 * The whole history: every leaf and tile, the order of releases and stops, every signature and quorum under the root of
 * that time, every part and manifest by digest and by what it says, and the rules of change as they were then. `now`,
 * in milliseconds, is what stops that stand are judged by.
 */
export async function auditLog(ledger: Ledger, now: number): Promise<AuditReport> {
  const findings: Finding[] = []
  const notes: Finding[] = []
  const tell = (finding: Finding) => void findings.push(finding)
  const known: Known = { rules: NO_RULES, release: undefined, stops: [], limits: new Map(), ended: new Map() }
  const counts = { releases: 0, stops: 0, events: 0 }
  await check(tell, ledger.head.log.size - 1, () => checkNote(ledger))
  for await (const step of walkLog(ledger, tell)) {
    await check(tell, step.index, async () => checkOrder(step))
    if (step.release !== undefined) {
      counts.releases++
      notes.push(...lateStops(step, known))
      await checkRelease(ledger, step, known, tell)
    }
    if (step.stop !== undefined) {
      counts.stops++
      await check(tell, step.index, () => checkStop(ledger, step))
      known.stops.push(step.stop.payload)
      const hours = hoursToRatify(await policyOfRoot(ledger.source, step.root).catch(() => undefined))
      known.limits.set(step.stop.payload.version, { entry: step.index, hours })
    }
    for (const event of step.events) {
      counts.events++
      const digest = endedBy(event.payload)
      if (digest !== undefined) known.ended.set(digest, [...(known.ended.get(digest) ?? []), event])
      await check(tell, step.index, async () => {
        if (event.signed.length === 0) throw new EnsignError('threshold', 'an event that nobody of the root signed')
      })
    }
  }
  for (const stop of known.stops) {
    const { entry, hours } = known.limits.get(stop.version)!
    if (stop.version <= clearedBy(known.release) || overdueStops([stop], hours, now).length === 0) continue
    tell({ entry, code: 'stop_not_ratified', what: overdueText(stop, hours) })
  }
  const { environment, log } = ledger.head
  return { environment, entries: log.size, ...counts, findings, notes }
}

const clearedBy = (release: ReleasePayload | undefined) => release?.clears?.version ?? 0

/** Stops that this release deals with, later than the policy allows. */
function lateStops({ release, state }: Step, { stops, limits, release: before }: Known): Finding[] {
  const at = parseTime(state.since)!
  const dealt = stops.filter(one => one.version > clearedBy(before) && one.version <= clearedBy(release!.payload))
  return dealt.flatMap(stop => {
    const { entry, hours } = limits.get(stop.version)!
    if (overdueStops([stop], hours, at).length === 0) return []
    const what = `stop ${stop.version} (${stop.flags.join(', ')}) stood for over ${hours} h, until release ${state.release.version}`
    return [{ entry, code: 'stop_ratified_late', what }]
  })
}

async function check(tell: (finding: Finding) => void, entry: number, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof EnsignError)) throw error
    tell({ entry, code: error.code, what: error.message })
  }
}

async function checkNote({ source, head, project, pin }: Ledger): Promise<void> {
  const { environment, epoch, log } = head
  const note = await source.get(logPath(environment, epoch, 'checkpoint'), { maxBytes: 16 * 1024 })
  if (note === undefined) throw new EnsignError('checkpoint_mismatch', 'there is no checkpoint')
  const root = await rootsOf({ source, project, pin })(head.state.root.version)
  const { key, origin } = environmentOf(root, environment).log
  const checkpoint = await verifyCheckpoint(note, { name: origin, publicKey: fromBase64url(key.x)! })
  if (checkpoint.size === log.size && hex(checkpoint.root) === log.root) return
  const readLog: ReadFile = (path, maxBytes) => source.get(logPath(environment, epoch, path), { maxBytes })
  if (await goesOn(treeOf(log), checkpoint, readLog)) {
    const sizes = `the checkpoint has ${checkpoint.size} entries, and the head shows ${log.size} of them`
    const what = `${sizes}: an append is on its way or was cut off; the same command again completes it, or \`ensign refresh\``
    throw new EnsignError('append_unfinished', what)
  }
  throw new EnsignError('checkpoint_mismatch', 'the checkpoint says another size or root than the head')
}

/** Whether the one tree begins with the other. */
async function goesOn(from: Tree, to: Tree, readLog: ReadFile): Promise<boolean> {
  if (to.size <= from.size) return false
  try {
    const proof = await proveConsistency(from.size, to.size, hashesFrom(openTiles(to, readLog)))
    return verifyConsistency(from.size, to.size, proof, from.root, to.root)
  } catch (error) {
    if (error instanceof EnsignError) return false
    throw error
  }
}

/** Nothing was skipped, put in between, or put in another order. */
function checkOrder({ before, state, release, stop }: Step): void {
  const must = (holds: boolean, code: string, what: string) => {
    if (!holds) throw new EnsignError(code, what)
  }
  must(state.root.version >= (before?.root.version ?? 1), 'root_rollback', 'an older root')
  must(state.release.version >= (before?.release.version ?? 1), 'release_rollback', 'an older release')
  must((state.stop?.version ?? 0) >= (before?.stop?.version ?? 0), 'stop_rollback', 'an older stop')
  if (release !== undefined) {
    const { version, previous } = release.payload
    must(
      version === (before?.release.version ?? 0) + 1,
      'release_gap',
      `release ${version} after ${before?.release.version ?? 0}`,
    )
    must(previous === (before?.release.digest ?? null), 'release_fork', 'another predecessor')
    must(parseTime(state.since)! >= (before === undefined ? 0 : parseTime(before.since)!), 'log_order', 'dated back')
  } else if (before !== undefined) must(state.since === before.since, 'log_order', 'a time of effect that changed')
  if (stop !== undefined) {
    const { version, previous } = stop.payload
    must(
      version === (before?.stop?.version ?? 0) + 1,
      'stop_gap',
      `stop ${version} after ${before?.stop?.version ?? 0}`,
    )
    must(previous === (before?.stop?.digest ?? null), 'stop_fork', 'another predecessor')
  }
}

async function checkRelease(ledger: Ledger, step: Step, known: Known, tell: (finding: Finding) => void): Promise<void> {
  const { source, head } = ledger
  const { index, root, state } = step
  const { payload, digest, signed } = step.release!
  const environment = environmentOf(root, head.environment)
  const at = parseTime(state.since)!
  await check(tell, index, async () => {
    const ended = known.ended.get(digest)?.find(one => mayEnd(one.signed, payload.author, environment))
    if (ended !== undefined) throw new EnsignError('change_closed', `the release was ${ended.payload.action} before`)
  })
  await check(tell, index, async () => {
    checkReleaseForm(payload)
    checkQuorum(payload, signed, environment, false)
    const { from, until } = payload.effective
    if (at < parseTime(from)! || at > parseTime(until)!) {
      throw new EnsignError('not_effective', 'took effect outside of the time for which it was approved')
    }
  })
  await check(tell, index, async () => {
    const after = await readRules(source, payload)
    const before = known.rules
    const cleared = clearedBy(known.release)
    const stops = known.stops.filter(({ version }) => version > cleared)
    known.rules = after
    known.release = payload
    const path = manifestPath(head.environment, payload.manifest.digest)
    const bytes = await source.get(path, { maxBytes: MAX_MANIFEST })
    if (bytes === undefined) throw new EnsignError('manifest', `${path} is gone`)
    const checked = await checkManifest(await readManifest(bytes, payload.manifest), payload, {
      genesis: root.genesis,
      project: head.project,
      environment: head.environment,
      version: payload.version,
      previous: payload.previous,
      created: payload.created,
      before,
      after,
      stops,
      clears: payload.clears,
    })
    const policy = await policyOfRoot(source, root)
    if (policy === undefined) return
    const judged = { ...checked, release: payload, signed, before, after, at }
    const refusals = judgeRelease(policy, requestOf(judged, await ripeness(source, root, policy, judged)))
    for (const refusal of refusals) tell({ entry: index, code: 'policy', what: printRefusal(refusal) })
  })
}

async function checkStop({ source, head }: Ledger, { root, stop, state }: Step): Promise<void> {
  const { signed, payload } = stop!
  const environment = environmentOf(root, head.environment)
  if (countSigners(signed, environment.stop) < 1) {
    throw new EnsignError('stop_signer', `stop ${payload.version} is signed by nobody who could stop then`)
  }
  const policy = await policyOfRoot(source, root)
  if (policy === undefined) return
  const by = signed.find(({ person }) => environment.stop.includes(person))!
  const [refusal] = judgeStop(policy, state.environment, by.person, by.iat * 1000)
  if (refusal !== undefined) throw new EnsignError('policy', printRefusal(refusal))
}
