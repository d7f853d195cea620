import { parseJson } from '../../base/json.ts'
import { MAX_PAYLOAD } from '../../base/limits.ts'
import { formatTime } from '../../base/time.ts'
import { eventShape } from '../../bundle/eventshape.ts'
import type { EventPayload } from '../../bundle/types.ts'
import { sealStatement } from '../../trust/seal.ts'
import type { Signer } from '../../trust/signer.ts'
import { readEnvelope } from '../../trust/statement.ts'
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

/** Whether this is what its signer says now: then the same bytes are handed in again, and logged once. */
export function isSaidBy(statement: Uint8Array, action: string, { jwk }: Signer): boolean {
  const { payload, signatures } = readEnvelope(statement, 'event', 'closing.json')
  const said = eventShape(parseJson(payload, MAX_PAYLOAD, 'closing.json'), 'closing.json')
  return said.action === action && signatures.some(({ kid }) => kid === jwk.kid)
}
