import { schedule } from './due.ts'
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

export function submitEvent(publisher: Publisher, statement: Uint8Array): Promise<Receipt> {
  return runPlan(publisher, planEvent(statement))
}

/** A new head before the old one expires. A root that came since the last append is logged on the way. */
export async function refreshHead(publisher: Publisher): Promise<Receipt> {
  const receipt = await runPlan(publisher, planRoot)
  return receipt.outcome === 'published' ? receipt : renew(publisher)
}
