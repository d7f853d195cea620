import type { ReleasePayload } from '../bundle/types.ts'
import { type ChangeFiles, type NewChange, writeChange } from '../publisher/change/change.ts'
import type { Standpoint } from '../publisher/change/ground.ts'
import { manifestOf } from '../publisher/change/own.ts'
import { type Proposal, propose } from '../publisher/change/propose.ts'
import { reviewOwn } from '../publisher/change/review.ts'
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
  const made = await propose(place.view, whole, signer, standpoint)
  return showProposed(call, place, made, await writeChange(call.dir, made))
}

export async function showProposed(call: Call, place: Place, made: NewChange, written: ChangeFiles): Promise<Result> {
  return proposed(call, await reviewOwn(place.viewOf(written.environment), written, made))
}
