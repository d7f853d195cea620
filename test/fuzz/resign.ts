import { fromBase64url, fromUtf8, hex, utf8 } from '../../src/base/bytes.ts'
import { canonical, canonicalBytes, type Json } from '../../src/base/json.ts'
import { leafHash } from '../../src/log/merkle.ts'
import { readSealed, sealStatement } from '../../src/trust/seal.ts'
import type { World } from '../support/world.ts'
import { type Envelope, type Header, mutateJson } from './mutate.ts'
import type { Random } from './random.ts'

type Payload = Record<string, Json>

const payloadOf = (text: string): Payload =>
  JSON.parse(fromUtf8(fromBase64url((JSON.parse(text) as Envelope).payload)!)!) as Payload

/**
 * Changes what a statement says and has everything signed again by those whose turn it is: the release, the stops, the
 * state, a log of one entry, the head. What is wrong with it can only be what it says. Undefined: it cannot be signed.
 */
export async function resign(text: string, random: Random, world: World): Promise<string | undefined> {
  const [first, ...rest] = text.split('\n')
  const header = JSON.parse(first!) as Header
  const what = random.pick(['release', 'stop', 'state', 'head', 'signers'] as const)
  const change = (payload: Payload, of: typeof what) =>
    of === what ? (mutateJson(payload, random) as Payload) : payload
  const author = random.pick(['alice', 'alice', 'carol', 'bob', 'eve'])
  const approvers = random.pick([['bob'], ['bob', 'carol'], ['carol'], ['alice2'], ['dave'], ['eve2'], ['robot'], []])
  const signers = what === 'signers' ? [...new Set([author, ...approvers])] : ['alice', 'bob']
  try {
    const release = await seal(change(payloadOf(header.head.release), 'release'), signers, world)
    const stops: Sealed[] = []
    for (const stop of header.head.stops) {
      const by = what === 'signers' ? random.pick(['dave', 'carol', 'eve', 'publisher']) : 'dave'
      stops.push(await seal(relink(change(payloadOf(stop), 'stop'), stops.at(-1)), [by], world))
    }
    const head = payloadOf(header.head.head)
    const before = head.state as Payload
    const stop = stops.length === 0 ? before.stop : reference(stops.at(-1)!)
    const state = change({ ...before, release: reference(release), stop: stop! }, 'state')
    const log = { ...(head.log as Payload), size: 1, root: hex(leafHash(canonicalBytes(state))) }
    const sealed = await seal(change({ ...head, state, log }, 'head'), ['publisher'], world)
    const proofs = { state: [], consistency: [] }
    const file = { ...header.head, head: sealed.text, release: release.text, stops: stops.map(one => one.text), proofs }
    return [JSON.stringify({ head: file, roots: header.roots }), ...rest].join('\n')
  } catch {
    // Not canonical, not of a type that anybody signs: what cannot be signed is the other mutations' work.
    return undefined
  }
}

interface Sealed {
  readonly text: string
  readonly payload: Payload
  readonly digest: string
  readonly envelope: string
}

async function seal(payload: Payload, signers: readonly string[], world: World): Promise<Sealed> {
  const people = signers.map(name => world.cast[name]!)
  const bytes = await sealStatement(payload as never, people, Math.floor(world.now / 1000))
  const { digest, envelope } = readSealed(bytes, payload.type as never)
  return { text: fromUtf8(bytes)!, payload, digest, envelope }
}

const reference = ({ payload, digest, envelope }: Sealed): Json => ({ version: payload.version!, digest, envelope })
const relink = (stop: Payload, before: Sealed | undefined): Payload =>
  before === undefined ? stop : { ...stop, previous: before.digest }

/** The canonical text of what a statement says, for the oracle. */
export function isCanonical(text: string): boolean {
  const payload = fromUtf8(fromBase64url((JSON.parse(text) as Envelope).payload)!)!
  return canonical(JSON.parse(payload) as Json) === payload && utf8(payload).length > 0
}
