import { EnsignError } from '../../base/errors.ts'
import { parseTime } from '../../base/time.ts'
import { readCurrent } from './current.ts'
import { planRelease } from './planrelease.ts'
import { prepare } from './prepare.ts'
import { receiptOf, required, verifyCurrent } from './run.ts'
import type { Publisher, Receipt, ReleaseSubmission } from './types.ts'

/** All that publishing would do, up to the verified result, without a single write. */
export async function rehearse(publisher: Publisher, submission: ReleaseSubmission): Promise<Receipt> {
  const current = await readCurrent(publisher)
  if (current.pending !== undefined) {
    throw new EnsignError('log_state', 'an append that was cut off comes first', { cure: 'Give `ensign refresh`.' })
  }
  const before = await verifyCurrent(publisher, current)
  const planned = submission.at === undefined ? undefined : parseTime(submission.at)
  const at = Math.max(Math.floor(publisher.now() / 1000) * 1000, planned ?? 0)
  const plan = await planRelease(submission)(publisher, current, at, before)
  if (plan === null) return receiptOf('unchanged', required(before), [])
  if (at > publisher.now()) return receiptOf('scheduled', required(before), [])
  const files = new Map([...plan.files, ...plan.statements.map(({ path, bytes }) => [path, bytes] as const)])
  const { verified } = await prepare(publisher, current, plan.entries, files, before)
  const notice = { code: 'dry_run', what: 'this was a rehearsal: nothing was written' }
  return receiptOf('published', verified, [...plan.notices, notice])
}
