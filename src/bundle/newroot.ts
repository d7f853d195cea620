import { utf8 } from '../base/bytes.ts'
import { environmentOf, type RootState } from '../trust/root.ts'
import { readEnvelope, readPayload } from '../trust/statement.ts'
import { headShape } from './shapes.ts'

/**
 * Whether a head is of a root that is not there yet, for who does not ask for newer roots each time. Nobody vouches for
 * this look; all that it can do is have the next root asked for.
 */
export function namesNewRoot(text: string, root: RootState, name: string): boolean {
  try {
    const open = { project: root.payload.project, environment: name, genesis: root.genesis }
    const head = readPayload(readEnvelope(utf8(text), 'head', 'head'), headShape, open)
    return head.state.root.version > root.payload.version || head.epoch > environmentOf(root, name).epoch
  } catch {
    return false
  }
}
