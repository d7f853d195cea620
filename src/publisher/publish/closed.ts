import { EnsignError } from '../../base/errors.ts'
import { MAX_ENVELOPE } from '../../base/limits.ts'
import { eventShape } from '../../bundle/eventshape.ts'
import type { EventPayload, ReleasePayload } from '../../bundle/types.ts'
import { readEnvelope, readPayload, verifyEnvelope } from '../../trust/statement.ts'
import type { RootEnvironment, Signed } from '../../trust/types.ts'
import { bindingOf } from './binding.ts'
import type { Current } from './current.ts'
import { entriesBackwards } from './logread.ts'
import { eventPath } from './paths.ts'

const ENDS: ReadonlySet<string> = new Set(['rejected', 'withdrawn'])

/** The release that an event takes out of the way, by digest. */
export function endedBy({ action, subject }: Pick<EventPayload, 'action' | 'subject'>): string | undefined {
  return subject?.type === 'release' && ENDS.has(action) ? subject.digest : undefined
}

/** Its author may take a release back, and who could approve it may say no: one word of these is enough. */
export function mayEnd(signed: readonly Signed[], author: string, { approve }: RootEnvironment): boolean {
  return signed.some(({ person }) => person === author || approve.includes(person))
}

/**
 * What was rejected or withdrawn stays so on every machine, whether or not its folder came along. Such a word can only
 * be behind the state on which the release was proposed.
 */
export async function refuseClosed(
  current: Current,
  { author, previous }: ReleasePayload,
  digest: string,
): Promise<void> {
  const { source, root, environment, base } = current
  if (base.state === undefined || base.files.length > 0) return
  const { name, epoch } = environment
  for await (const { entry } of entriesBackwards(source, { environment: name, epoch, tree: base.tree })) {
    if (entry.type === 'state') {
      if (entry.release.digest !== previous) return
      continue
    }
    const path = eventPath(name, entry.digest)
    const bytes = await source.get(path, { maxBytes: MAX_ENVELOPE })
    if (bytes === undefined) continue
    const envelope = readEnvelope(bytes, 'event', path)
    if (envelope.envelope !== entry.envelope) continue
    const event = readPayload(envelope, eventShape, bindingOf(current))
    if (endedBy(event) !== digest) continue
    if (!mayEnd(await verifyEnvelope(envelope, root.keys), author, environment)) continue
    throw new EnsignError('change_closed', `the release was ${event.action} at ${event.created}: ${event.reason}`)
  }
}
