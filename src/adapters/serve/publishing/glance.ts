import { EnsignError } from '../../../base/errors.ts'
import { eventShape } from '../../../bundle/eventshape.ts'
import { checkQuorum, checkReleaseForm } from '../../../bundle/release.ts'
import { releaseShape, stopShape } from '../../../bundle/shapes.ts'
import { environmentOf, type RootState } from '../../../trust/root.ts'
import { type Envelope, readEnvelope, readPayload } from '../../../trust/statement.ts'
import type { Signed } from '../../../trust/types.ts'
import type { PostRoute } from '../layout.ts'

/**
 * What can be said about a statement without checking a signature: its form, whom it is for, and whether the people
 * whose names stand on it could do this at all. Junk ends here; what passes is believed in nothing.
 */
export function glance(kind: PostRoute['kind'], statement: Uint8Array, root: RootState, name: string): void {
  const environment = environmentOf(root, name)
  const binding = { project: root.payload.project, environment: name, genesis: root.genesis }
  if (kind === 'releases') {
    const envelope = readEnvelope(statement, 'release', 'release')
    const release = readPayload(envelope, releaseShape, binding)
    checkReleaseForm(release)
    checkQuorum(release, claimed(envelope, root), environment, false)
    return
  }
  if (kind === 'stops') {
    const envelope = readEnvelope(statement, 'stop', 'stop')
    readPayload(envelope, stopShape, binding)
    if (claimed(envelope, root).some(({ person }) => environment.stop.includes(person))) return
    throw new EnsignError('stop_signer', 'signed by nobody who may stop here')
  }
  const envelope = readEnvelope(statement, 'event', 'event')
  readPayload(envelope, eventShape, binding)
  if (claimed(envelope, root).length === 0) throw new EnsignError('threshold', 'signed by nobody whom the root knows')
}

/** Who says to have signed. Anybody can write another one's key id there. */
function claimed({ signatures }: Envelope, { keys }: RootState): Signed[] {
  return signatures.flatMap(({ kid, iat }) => {
    const key = keys.get(kid)
    return key === undefined ? [] : [{ person: key.person, kid, iat }]
  })
}
