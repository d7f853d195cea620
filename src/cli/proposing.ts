import type { ReleasePayload } from '../bundle/types.ts'
import { readChange, writeChange } from '../publisher/change/change.ts'
import type { Standpoint } from '../publisher/change/ground.ts'
import { manifestOf } from '../publisher/change/own.ts'
import { type Proposal, propose } from '../publisher/change/propose.ts'
import { review } from '../publisher/change/review.ts'
import type { Signer } from '../trust/signer.ts'
import type { Call, Result } from './command.ts'
import type { Place } from './place.ts'
import { proposed } from './reviewing.ts'
import { artifactsOf, effectiveOf, tellingOf } from './telling.ts'

/** A change whose rules come from the history and not from files: their checks are those of the release that had them. */
export async function proposeBare(
  call: Call,
  place: Place,
  standpoint: Standpoint,
  signer: Signer,
  release: ReleasePayload,
  proposal: Pick<Proposal, 'id' | 'patch' | 'clears'>,
): Promise<Result> {
  const story = { reason: call.need('reason'), artifacts: artifactsOf(call) }
  const { checks } = await manifestOf(place.source, release)
  const telling = tellingOf(call, place, signer, checks, () => story)
  const whole = { ...proposal, effective: effectiveOf(call), telling }
  await writeChange(call.dir, await propose(place.view, whole, signer, standpoint))
  return showProposed(call, place, proposal.id, standpoint)
}

/** Read back from the files, as the next person will read it. */
export async function showProposed(call: Call, place: Place, id: string, known?: Standpoint): Promise<Result> {
  const change = await readChange(call.dir, id)
  return proposed(call, await review(place.viewOf(change.environment), change, known))
}
