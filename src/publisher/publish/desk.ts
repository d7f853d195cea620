import { submitEvent, submitRelease, submitStop } from './submit.ts'
import type { Publisher, Receipt, ReleaseSubmission } from './types.ts'

/** Where signed statements are handed in: here, or a server's. It believes nothing of what it is given. */
export interface Desk {
  stop(statement: Uint8Array): Promise<Receipt>
  release(submission: ReleaseSubmission): Promise<Receipt>
  event(statement: Uint8Array): Promise<Receipt>
}

export function localDesk(publisher: Publisher): Desk {
  return {
    stop: statement => submitStop(publisher, statement),
    release: submission => submitRelease(publisher, submission),
    event: statement => submitEvent(publisher, statement),
  }
}
