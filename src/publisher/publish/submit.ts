import { parseJson } from '../../base/json.ts'
import { MAX_PAYLOAD } from '../../base/limits.ts'
import { eventShape } from '../../bundle/eventshape.ts'
import { readEnvelope } from '../../trust/statement.ts'
import { endedBy } from './closed.ts'
import { schedule, unschedule } from './due.ts'
import { planEvent } from './planevent.ts'
import { planRelease } from './planrelease.ts'
import { planRoot } from './planroot.ts'
import { planStop } from './planstop.ts'
import { renew, runPlan } from './run.ts'
import type { Publisher, Receipt, ReleaseSubmission } from './types.ts'

/** Checks a release as an SDK would, and the rules of change, logs it and puts it in force; or keeps it for its time. */
export function submitRelease(publisher: Publisher, submission: ReleaseSubmission): Promise<Receipt> {
  return submission.at === undefined ? runPlan(publisher, planRelease(submission)) : schedule(publisher, submission)
}

export function submitStop(publisher: Publisher, statement: Uint8Array): Promise<Receipt> {
  return runPlan(publisher, planStop(statement))
}

/** A release that was taken back is taken off the list of what waits too, once that is logged: not before it is verified. */
export async function submitEvent(publisher: Publisher, statement: Uint8Array): Promise<Receipt> {
  const receipt = await runPlan(publisher, planEvent(statement))
  const { payload } = readEnvelope(statement, 'event', 'event')
  const ended = endedBy(eventShape(parseJson(payload, MAX_PAYLOAD, 'event'), 'event'))
  if (ended === undefined) return receipt
  const wasWaiting = await unschedule(publisher, ended)
  if (!wasWaiting) return receipt
  const notice = { code: 'unscheduled', what: 'the release was scheduled, and is taken off the list' }
  return { ...receipt, notices: [...receipt.notices, notice] }
}

/** A new head before the old one expires. A root that came since the last append is logged on the way. */
export async function refreshHead(publisher: Publisher): Promise<Receipt> {
  const receipt = await runPlan(publisher, planRoot)
  return receipt.outcome === 'published' ? receipt : renew(publisher)
}
