import { base64url, utf8 } from '../base/bytes.ts'
import { EnsignError } from '../base/errors.ts'
import { canonicalBytes, type Json } from '../base/json.ts'
import { importKey } from './keys.ts'
import type { Signer } from './signer.ts'
import { type Envelope, readEnvelope, verifies } from './statement.ts'
import type { StatementType } from './types.ts'

export interface SealedSignature {
  readonly protected: string
  readonly signature: string
}

/** Signs a payload with each signer. `iat` is seconds since 1970. */
export async function sealStatement(
  payload: { readonly type: StatementType },
  signers: readonly Signer[],
  iat: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const encoded = base64url(canonicalBytes(payload as unknown as Json))
  const signatures: SealedSignature[] = []
  for (const signer of signers) signatures.push(await signPayload(encoded, payload.type, signer, iat))
  return joinEnvelope(encoded, signatures)
}

/** The same payload with one more signature. A signature that this key made before is replaced. */
export async function cosign(envelope: Envelope, signer: Signer, iat: number): Promise<Uint8Array<ArrayBuffer>> {
  const others = envelope.signatures.filter(one => one.kid !== signer.jwk.kid)
  return joinEnvelope(envelope.encoded, [...others, await signPayload(envelope.encoded, envelope.type, signer, iat)])
}

/** One signature over a payload in base64url. What the signer returns is verified under its own key before it is used. */
export async function signPayload(
  encoded: string,
  type: StatementType,
  signer: Signer,
  iat: number,
): Promise<SealedSignature> {
  const key = importKey(signer.jwk)
  if (!/^[1-9]\d{9}$/.test(String(iat))) throw new EnsignError('header', 'iat is not seconds since 1970 in ten digits')
  const header = `{"alg":"${key.alg}","iat":${iat},"kid":"${key.kid}","typ":"ensign-${type}+jws"}`
  const protectedHeader = base64url(utf8(header))
  const signature = new Uint8Array(await signer.sign(utf8(`${protectedHeader}.${encoded}`)))
  if (await verifies(encoded, protectedHeader, signature, key)) {
    return { protected: protectedHeader, signature: base64url(signature) }
  }
  throw new EnsignError('signer', `not a signature of ${signer.person}'s key`)
}

/** The one byte form: signatures ascending by `protected`. */
export function joinEnvelope(encoded: string, signatures: readonly SealedSignature[]): Uint8Array<ArrayBuffer> {
  const ascending = signatures.toSorted((a, b) => (a.protected < b.protected ? -1 : 1))
  const rows = ascending.map(one => `{"protected":"${one.protected}","signature":"${one.signature}"}`)
  return utf8(`{"payload":"${encoded}","signatures":[${rows.join(',')}]}`)
}

/** A statement that was just sealed, read back: for its digests. */
export function readSealed(bytes: Uint8Array, type: StatementType): Envelope {
  return readEnvelope(bytes, type, type)
}
