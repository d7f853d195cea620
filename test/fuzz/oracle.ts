import { createHash } from 'node:crypto'
import { fromBase64url, fromUtf8 } from '../../src/base/bytes.ts'
import { canonical, type Json } from '../../src/base/json.ts'
import type { Reference, RootPayload } from '../../src/trust/types.ts'
import type { Envelope, Header } from './mutate.ts'

/**
 * What must hold for anything that was accepted, written down a second time and simply: no code of the verifier, no
 * order, no error codes. Gives what does not hold.
 */
export function violations(text: string, now: number): string[] {
  const { head: file, roots } = JSON.parse(text.slice(0, text.indexOf('\n'))) as Header
  const root = read(roots.at(-1)!).payload as unknown as RootPayload
  const environment = root.environments.find(one => one.name === 'production')!
  const head = read(file.head)
  const release = read(file.release)
  const stops = file.stops.map(read)
  const state = head.payload.state
  const peopleOf = (kids: readonly string[]) =>
    root.people.filter(person => person.keys.some(key => kids.includes(key.kid))).map(person => person.id)
  const approvers = peopleOf(release.kids).filter(
    id => id !== release.payload.author && environment.approve.includes(id),
  )
  const cleared = (release.payload.clears as Reference | null)?.version ?? 0
  const time = (value: unknown) => Date.parse(value as string)
  const rules: Record<string, boolean> = {
    canonical: [head, release, ...stops].every(one => canonical(one.payload as Json) === one.text),
    lineage: [head, release, ...stops, { payload: state }].every(
      ({ payload }) =>
        payload.project === 'shop' &&
        payload.environment === 'production' &&
        payload.genesis === sha256(read(roots[0]!).text),
    ),
    types: head.payload.type === 'head' && release.payload.type === 'release' && state.type === 'state',
    release: state.release.digest === sha256(release.text) && state.release.envelope === sha256(file.release),
    author:
      environment.author.includes(release.payload.author) && peopleOf(release.kids).includes(release.payload.author),
    approvals: approvers.length >= environment.approvals,
    publisher: peopleOf(head.kids).some(id => environment.publish.includes(id)),
    epoch: head.payload.epoch === environment.epoch && head.payload.log.origin === environment.log.origin,
    lifetime: time(head.payload.expires) - time(head.payload.issued) <= environment.headLifetime * 1000,
    order: time(head.payload.expires) > time(head.payload.issued) && Number.isSafeInteger(head.payload.sequence),
    effective:
      time(release.payload.effective.from) <= time(state.since) &&
      time(state.since) <= time(release.payload.effective.until),
    since: time(state.since) <= time(head.payload.issued),
    early: time(head.payload.issued) <= now + 400_000_000_000,
    stops: stops.every((one, i) => one.payload.version === cleared + 1 + i && one.payload.flags.length > 0),
    stoppers: stops.every(one => peopleOf(one.kids).some(id => environment.stop.includes(id))),
    lastStop: (stops.at(-1)?.payload.version ?? cleared) === (state.stop?.version ?? 0),
  }
  return Object.keys(rules).filter(name => !rules[name])
}

// biome-ignore lint/suspicious/noExplicitAny: the oracle reads whatever was signed.
function read(text: string): { text: string; payload: Record<string, any>; kids: string[] } {
  const envelope = JSON.parse(text) as Envelope
  const payload = fromUtf8(fromBase64url(envelope.payload)!)!
  const kids = envelope.signatures.map(one => JSON.parse(fromUtf8(fromBase64url(one.protected)!)!).kid as string)
  return { text: payload, payload: JSON.parse(payload), kids }
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
