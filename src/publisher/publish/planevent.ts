import { EnsignError } from '../../base/errors.ts'
import { eventShape } from '../../bundle/eventshape.ts'
import { readEnvelope, readPayload, verifyEnvelope } from '../../trust/statement.ts'
import { whoMay } from '../policy/presets.ts'
import { refuseAll } from '../policy/refuse.ts'
import { bindingOf } from './binding.ts'
import type { Current } from './current.ts'
import { policyOfRoot } from './judgepolicy.ts'
import { entriesBackwards } from './logread.ts'
import { eventPath } from './paths.ts'
import { entriesFor, NO_FILES, type Planner } from './plan.ts'

/** Something that happened and changes no rules: only people of the environment may have it logged. */
export function planEvent(statement: Uint8Array): Planner {
  return async (_publisher, current, at) => {
    const { environment, root, base, source } = current
    const envelope = readEnvelope(statement, 'event', 'event')
    const event = readPayload(envelope, eventShape, bindingOf(current))
    if (base.state === undefined) throw new EnsignError('no_release', 'nothing was published here yet')
    const signed = await verifyEnvelope(envelope, root.keys)
    const { author, approve, stop } = environment
    const people = new Set([...author, ...approve, ...stop, ...root.payload.root.members])
    const policy = await policyOfRoot(source, root)
    const exporters = policy === undefined ? [] : whoMay(policy, 'export', environment.name, at)
    if (event.action === 'export') for (const person of exporters) people.add(person)
    const by = signed.find(({ person }) => people.has(person))
    if (by === undefined) throw new EnsignError('threshold', 'signed by nobody of this environment')
    if (policy !== undefined && event.action === 'export' && !exporters.includes(by.person)) {
      const what = `${by.person} has no role that may export the audit log of ${environment.name}`
      refuseAll([{ rule: 'grants', what, who: exporters, how: 'let one of them export it' }])
    }
    const logged = await loggedEnvelope(current, envelope.digest)
    if (logged === envelope.envelope) return null
    // A payload does not say who speaks, and its digest is the name of its file: two of them cannot be kept.
    if (logged !== undefined) throw new EnsignError('event_taken', 'somebody else said the same in this very second')
    const reference = { digest: envelope.digest, envelope: envelope.envelope }
    return {
      entries: entriesFor(current, { event: reference }),
      statements: [{ path: eventPath(environment.name, envelope.digest), bytes: statement }],
      files: NO_FILES,
      notices: [],
    }
  }
}

/** Of the event of this digest. Only where its file is there can it be in the log; then the log is asked. */
async function loggedEnvelope({ source, environment, base }: Current, digest: string): Promise<string | undefined> {
  const { name, epoch } = environment
  if ((await source.get(eventPath(name, digest), { maxBytes: 1024 * 1024 })) === undefined) return undefined
  if (base.files.length > 0) return undefined
  for await (const { entry } of entriesBackwards(source, { environment: name, epoch, tree: base.tree })) {
    if (entry.type === 'event' && entry.digest === digest) return entry.envelope
  }
  return undefined
}
