import { EnsignError } from '../../base/errors.ts'
import { canonicalBytes, isObject, type Json, parseJson } from '../../base/json.ts'
import { MAX_ENVELOPE } from '../../base/limits.ts'
import { parseTime } from '../../base/time.ts'
import { releaseShape } from '../../bundle/shapes.ts'
import { readEnvelope, readPayload } from '../../trust/statement.ts'
import type { Reference } from '../../trust/types.ts'
import { isConflict } from '../stores/files.ts'
import { bindingOf } from './binding.ts'
import { writeContent } from './commit.ts'
import { readCurrent } from './current.ts'
import { duePath, projectPath, releasePath } from './paths.ts'
import { planRelease } from './planrelease.ts'
import { fromStore } from './replan.ts'
import { receiptOf, required, runPlan, verifyCurrent } from './run.ts'
import type { Notice, Publisher, Receipt, ReleaseSubmission } from './types.ts'

/**
 * `{environment}/due.json`: releases that were approved and wait for their time. Not signed, and nothing follows from
 * it: when its time has come a release is judged as if it were sent then.
 *
 *     {"due":[{"at":"2026-12-01T09:00:00Z","release":{"digest":"<hex>","version":42}}]}
 */
export interface Due {
  readonly at: string
  readonly release: Reference
}

const MAX_DUE_COUNT = 64
const MAX_DUE = 64 * 1024
const ATTEMPTS_COUNT = 16

export async function readDue({
  store,
  project,
  environment,
}: Pick<Publisher, 'store' | 'project' | 'environment'>): Promise<{ due: Due[]; tag?: string }> {
  const stored = await store.get(projectPath(project, duePath(environment)), { maxBytes: MAX_DUE })
  if (stored === undefined) return { due: [] }
  const value = parseJson(stored.bytes, MAX_DUE, 'due.json')
  const list = isObject(value) && Array.isArray(value.due) ? (value.due as unknown[]) : []
  return { due: list.filter(isDue), tag: stored.tag }
}

function isDue(value: unknown): value is Due {
  if (!isObject(value) || !isObject(value.release) || parseTime(value.at) === undefined) return false
  const { version, digest } = value.release
  return Number.isSafeInteger(version) && typeof digest === 'string' && /^[0-9a-f]{64}$/.test(digest)
}

async function changeDue(publisher: Publisher, change: (due: readonly Due[]) => readonly Due[]): Promise<void> {
  const { store, project, environment } = publisher
  for (let attempt = 0; attempt < ATTEMPTS_COUNT; attempt++) {
    const { due, tag } = await readDue(publisher)
    const next = change(due)
    if (next.length > MAX_DUE_COUNT) throw new EnsignError('too_many_due', `${MAX_DUE_COUNT} wait already`)
    if (next.length === due.length && next.every((one, i) => one === due[i])) return
    const bytes = canonicalBytes({ due: next } as unknown as Json)
    try {
      const path = projectPath(project, duePath(environment))
      await store.put(path, bytes, tag === undefined ? { ifNoneMatch: true } : { ifMatch: tag })
      return
    } catch (error) {
      if (!isConflict(error)) throw error
    }
  }
  throw new EnsignError('store_conflict', 'other publishers kept winning')
}

/** Judged now as it will be judged then, so that nobody learns at night that it could never have worked. */
export async function schedule(publisher: Publisher, submission: ReleaseSubmission): Promise<Receipt> {
  const at = parseTime(submission.at)
  if (at === undefined) throw new EnsignError('schema', 'not a time of the form YYYY-MM-DDTHH:MM:SSZ', { at: 'at' })
  if (at <= publisher.now()) return runPlan(publisher, planRelease(submission))
  const current = await readCurrent(publisher)
  const inForce = await verifyCurrent(publisher, current)
  const plan = await planRelease(submission)(publisher, current, at, inForce)
  const verified = required(inForce)
  if (plan === null) return receiptOf('unchanged', verified, [])
  await writeContent(publisher, plan)
  const envelope = readEnvelope(submission.release, 'release', 'release')
  const { version } = readPayload(envelope, releaseShape, bindingOf(current))
  const release = { version, digest: envelope.digest }
  await changeDue(publisher, due => [
    ...due.filter(one => one.release.digest !== release.digest),
    { at: submission.at!, release },
  ])
  return receiptOf('scheduled', verified, [])
}

/** Takes a release off the list; true where it was on it. */
export async function unschedule(publisher: Publisher, digest: string): Promise<boolean> {
  const { due } = await readDue(publisher)
  await changeDue(publisher, list => list.filter(one => one.release.digest !== digest))
  return due.some(one => one.release.digest === digest)
}

/** Puts in force what waits and whose time has come, in order of time. What is refused is told and taken off the list. */
export async function publishDue(publisher: Publisher): Promise<{ receipts: Receipt[]; notices: Notice[] }> {
  const receipts: Receipt[] = []
  const notices: Notice[] = []
  const { due } = await readDue(publisher)
  const ripe = due.filter(({ at }) => parseTime(at)! <= publisher.now()).sort((a, b) => (a.at < b.at ? -1 : 1))
  for (const { release } of ripe) {
    try {
      const current = await readCurrent(publisher)
      const path = releasePath(publisher.environment, release)
      const bytes = await current.source.get(path, { maxBytes: MAX_ENVELOPE })
      if (bytes === undefined) throw new EnsignError('statement_missing', 'the release is gone', { at: path })
      receipts.push(await runPlan(publisher, planRelease(await fromStore(current, bytes))))
    } catch (error) {
      if (!(error instanceof EnsignError) || error.code.startsWith('store_')) throw error
      notices.push({ code: error.code, what: `release ${release.version} was due and is refused: ${error.message}` })
    }
    await unschedule(publisher, release.digest)
  }
  return { receipts, notices }
}
