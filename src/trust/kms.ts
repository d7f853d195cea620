import { EnsignError } from '../base/errors.ts'
import { sha256 } from '../base/sha256.ts'
import type { Signer } from './signer.ts'
import type { PublicJwk } from './types.ts'

export interface KmsOptions {
  /** The P-256 public key that the service holds. */
  readonly jwk: Extract<PublicJwk, { kty: 'EC' }>
  readonly person: string
  /** Signs a SHA-256 digest with ECDSA and answers in DER, as the key services of the clouds do. */
  readonly signDigest: (digest: Uint8Array) => Promise<Uint8Array>
}

export function kmsSigner({ jwk, person, signDigest }: KmsOptions): Signer {
  return { jwk, person, sign: async input => rawFromDer(await signDigest(sha256(input))) }
}

/** `30 len 02 len r 02 len s`, DER and nothing but DER, to 64 bytes of r and s. */
export function rawFromDer(der: Uint8Array): Uint8Array<ArrayBuffer> {
  const raw = new Uint8Array(64)
  if (der[0] !== 0x30 || der[1] !== der.length - 2) throw bad('not one short sequence')
  let offset = 2
  for (const end of [32, 64]) {
    const length = der[offset + 1] ?? 0
    const body = der.subarray(offset + 2, offset + 2 + length)
    if (der[offset] !== 2 || length === 0 || body.length !== length) throw bad('not two integers')
    if (body[0]! >= 0x80) throw bad('a negative integer')
    if (body[0] === 0 && (length === 1 || body[1]! < 0x80)) throw bad('zero, or not the shortest form')
    const digits = body[0] === 0 ? body.subarray(1) : body
    if (digits.length > 32) throw bad('an integer over 32 bytes')
    raw.set(digits, end - digits.length)
    offset += 2 + length
  }
  if (offset !== der.length) throw bad('bytes after the end')
  return raw
}

function bad(what: string): EnsignError {
  return new EnsignError('signer', `an ECDSA signature in DER: ${what}`)
}
