import { base64url } from '../../base/bytes.ts'
import { EnsignError } from '../../base/errors.ts'
import { signPayload } from '../../trust/seal.ts'
import type { Signer } from '../../trust/signer.ts'
import { whoMay } from '../policy/presets.ts'
import { refuseAll } from '../policy/refuse.ts'
import { policyOfRoot } from '../publish/judgepolicy.ts'
import type { ReleaseSubmission } from '../publish/types.ts'
import { type ChangeFiles, envelopeOf, writeSignature } from './change.ts'
import type { View } from './ground.ts'
import type { Review } from './review.ts'

/** Signs what was reviewed: the very bytes. Again by the same person changes nothing that counts. */
export async function approve(view: View, seen: Review, approver: Signer): Promise<void> {
  const { change, standpoint } = seen
  const { environment, root } = standpoint
  const { person } = approver
  if (person === change.payload.author) throw new EnsignError('own_change', `${person} is the author`)
  if (!environment.approve.includes(person)) {
    throw new EnsignError('no_approver', `${person} does not approve in ${environment.name}`, {
      cure: `Ask one of them: ${seen.approvals.who.join(', ')}.`,
    })
  }
  const policy = await policyOfRoot(view.source, root)
  const now = view.now()
  if (policy !== undefined) {
    const who = whoMay(policy, 'approve', environment.name, now)
    if (!who.includes(person)) {
      const what = `${person} has no role that may approve in ${environment.name}`
      refuseAll([{ rule: 'grants', what, who, how: 'one of them reviews and approves it' }])
    }
    // Out of turn it would not count, and its signer would think that he is done.
    const stages = seen.refusals.filter(({ rule }) => rule.includes('/stages/'))
    if (!stages.some(({ who: next }) => next.includes(person))) refuseAll(stages)
  }
  const signature = await signPayload(base64url(change.payloadBytes), 'release', approver, Math.floor(now / 1000))
  await writeSignature(change, signature)
}

/** What is handed in to be published: here, or on a server. */
export function submissionOf(change: ChangeFiles, at?: string): ReleaseSubmission {
  const { index, parts, manifest } = change
  return { release: envelopeOf(change), index, parts, manifest, ...(at === undefined ? {} : { at }) }
}
