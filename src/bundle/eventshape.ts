import * as is from '../trust/shape.ts'
import { lineage } from './shapes.ts'
import type { EventPayload } from './types.ts'

const word = is.text(/^[a-z][a-z0-9_-]{0,62}$/)

/** Apart from the others, because events decide nothing that a client is told. */
export const eventShape = is.object<EventPayload>({
  type: is.only('event'),
  spec: is.only(1),
  ...lineage,
  created: is.time,
  action: word,
  subject: is.nullable(is.object({ type: word, digest: is.digest })),
  reason: is.prose,
})
