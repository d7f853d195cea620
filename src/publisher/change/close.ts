import { formatTime } from '../../base/time.ts'
import type { EventPayload } from '../../bundle/types.ts'
import { sealStatement } from '../../trust/seal.ts'
import type { Signer } from '../../trust/signer.ts'
import type { Ground } from './draft.ts'
import type { View } from './ground.ts'

/** What happened, to be logged: who signs it is who did it. */
export async function sealEvent(
  view: View,
  ground: Pick<Ground, 'genesis'>,
  event: Pick<EventPayload, 'action' | 'subject' | 'reason'>,
  signer: Signer,
): Promise<Uint8Array> {
  const payload: EventPayload = {
    type: 'event',
    spec: 1,
    genesis: ground.genesis,
    project: view.project,
    environment: view.environment,
    created: formatTime(view.now()),
    ...event,
  }
  return sealStatement(payload, [signer], Math.floor(view.now() / 1000))
}
