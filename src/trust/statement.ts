import { fromBase64url, fromUtf8, utf8 } from '../base/bytes.ts'
import { isObject, parseCanonical } from '../base/json.ts'
import * as limits from '../base/limits.ts'
import { must } from '../base/must.ts'
import { digestOf } from './digest.ts'
import type { Key } from './keys.ts'
import type { Shape } from './shape.ts'
import type { Algorithm, Signed, StatementType } from './types.ts'

export interface Signature {
  /** base64url, as it stands in the envelope. */
  readonly protected: string
  readonly signature: string
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly alg: Algorithm
  readonly iat: number
  readonly kid: string
}

/** A statement whose form is right. Nobody has vouched for what it says yet. */
export interface Envelope {
  readonly type: StatementType
  readonly at: string
  /** base64url, as it stands in the envelope. */
  readonly encoded: string
  readonly payload: Uint8Array
  /** SHA-256 of the payload's bytes: the statement's identity. */
  readonly digest: string
  /** SHA-256 of the envelope's bytes: what the log commits to. */
  readonly envelope: string
  readonly signatures: readonly Signature[]
}

export interface KnownKey extends Key {
  readonly person: string
  readonly machine: boolean
}

/** By kid. */
export type KeyRing = ReadonlyMap<string, KnownKey>

/**
 * What a statement must be of. What is left out is not compared: a root has no environment, and the first one defines
 * genesis. A caller's `undefined` is not left out, and no statement is of it.
 */
export interface Binding {
  readonly project: string
  readonly environment?: string
  readonly genesis?: string
}

const CAPS: Record<StatementType, { readonly envelope: number; readonly payload: number }> = {
  root: { envelope: limits.MAX_ROOT_ENVELOPE, payload: limits.MAX_ROOT_ENVELOPE },
  release: { envelope: limits.MAX_ENVELOPE, payload: limits.MAX_SIGNABLE_PAYLOAD },
  stop: { envelope: limits.MAX_ENVELOPE, payload: limits.MAX_PAYLOAD },
  head: { envelope: limits.MAX_ENVELOPE, payload: limits.MAX_SIGNABLE_PAYLOAD },
  event: { envelope: limits.MAX_ENVELOPE, payload: limits.MAX_PAYLOAD },
}

const ROW = '\\{"protected":"([^"\\\\]*)","signature":"([^"\\\\]*)"\\}'
const ENVELOPE = new RegExp(`^\\{"payload":"([^"\\\\]*)","signatures":\\[(${ROW}(?:,${ROW})*)\\]\\}$`)
const HEADER = /^\{"alg":"(Ed25519|ES256)","iat":([1-9]\d{9}),"kid":"([\w-]{43})","typ":"ensign-([a-z]+)\+jws"\}$/

/**
 * `{"payload":"<base64url>","signatures":[{"protected":"<base64url>","signature":"<base64url>"},…]}`, ascending by
 * `protected`. The form is a regular language, so it is matched and not parsed: there is nothing for two JSON parsers
 * to disagree on. No signature is checked here.
 */
export function readEnvelope(bytes: Uint8Array, type: StatementType, at: string): Envelope {
  must('1.1', bytes.length <= CAPS[type].envelope, 'too_large', at)
  const [, encoded = '', list = ''] = ENVELOPE.exec(fromUtf8(bytes) ?? '') ?? []
  must('1.2', list !== '', 'envelope', at, 'not the one byte form')
  const rows = [...list.matchAll(new RegExp(ROW, 'g'))]
  must('1.3', rows.length <= limits.MAX_SIGNATURES_COUNT, 'too_many_signatures', at)
  const payload = fromBase64url(encoded)
  must('1.4', payload !== undefined, 'envelope', at, 'the payload is not base64url')
  must('1.5', payload.length <= CAPS[type].payload, 'too_large', at)
  const signatures = rows.map(row => readSignature(row, type, at))
  must('1.8', new Set(signatures.map(one => one.kid)).size === rows.length, 'duplicate_signature', at)
  const ascending = signatures.every((one, i) => i === 0 || signatures[i - 1]!.protected < one.protected)
  must('1.9', ascending, 'envelope', at, 'not ascending, or repeated')
  return { type, at, encoded, payload, digest: digestOf(payload), envelope: digestOf(bytes), signatures }
}

function readSignature(row: readonly string[], type: StatementType, at: string): Signature {
  const [, protectedHeader = '', signature = ''] = row
  const text = fromUtf8(fromBase64url(protectedHeader) ?? new Uint8Array(0)) ?? ''
  const [, alg, iat, kid = '', typ] = HEADER.exec(text) ?? []
  must('1.6', typ === type, 'header', at)
  const bytes = fromBase64url(signature)
  must('1.7', bytes?.length === 64, 'signature', at, 'not 64 bytes of base64url')
  return { protected: protectedHeader, signature, bytes, alg: alg as Algorithm, iat: Number(iat), kid }
}

/**
 * Who signed, of those whom `keys` knows. A signer that it does not know does not count and costs nothing;
 * a known key with a bad signature is a refusal.
 */
export async function verifyEnvelope(envelope: Envelope, keys: KeyRing): Promise<readonly Signed[]> {
  const signed: Signed[] = []
  for (const one of envelope.signatures) {
    const key = keys.get(one.kid)
    if (key === undefined) continue
    must('1.10', one.alg === key.alg, 'header', envelope.at)
    must(
      '1.11',
      await verifies(envelope.encoded, one.protected, one.bytes, key),
      'signature',
      envelope.at,
      `a bad signature of ${key.person}`,
    )
    signed.push({ person: key.person, kid: one.kid, iat: one.iat })
  }
  return signed
}

/** RFC 7515: what is signed is the two texts as they stand in the envelope, with a point between. */
export function verifies(
  payload: string,
  header: string,
  signature: Uint8Array<ArrayBuffer>,
  key: Key,
): Promise<boolean> {
  return key.verifies(signature, utf8(`${header}.${payload}`))
}

/** What the statement says: canonical bytes of the closed shape, of this project, environment and lineage. */
export function readPayload<T extends object>(envelope: Envelope, shape: Shape<T>, binding: Binding): T {
  const { at, type } = envelope
  const value = parseCanonical(envelope.payload, CAPS[type].payload, at)
  must('2.1', isObject(value) && Object.hasOwn(value, 'type') && value.type === type, 'schema', at, `no ${type}`)
  must('2.2', Object.hasOwn(value, 'spec') && value.spec === 1, 'spec', at)
  const payload = shape(value, at)
  for (const [name, code] of BOUND) {
    must('2.13', !Object.hasOwn(binding, name) || value[name] === binding[name], code, at)
  }
  return payload
}

const BOUND = [
  ['project', 'wrong_project'],
  ['environment', 'wrong_environment'],
  ['genesis', 'wrong_genesis'],
] as const
