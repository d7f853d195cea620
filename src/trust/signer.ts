import type { CryptoKey } from 'jose'

import { EnsignError } from '../base/errors.ts'
import { isObject } from '../base/json.ts'
import { importKey, thumbprint } from './keys.ts'
import type { Algorithm, PublicJwk } from './types.ts'

/** Someone or something that can sign. `sign` answers with the 64 raw bytes of Ed25519, or r and s of ES256. */
export interface Signer {
  readonly jwk: PublicJwk
  readonly person: string
  sign(input: Uint8Array): Promise<Uint8Array>
}

/** A public JWK and its private `d`. Whoever holds this can sign. */
export type PrivateJwk = PublicJwk & { readonly d: string }

const PARAMS = {
  Ed25519: { name: 'Ed25519' },
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
} as const

/** A new key pair. */
export async function generateKey(alg: Algorithm): Promise<PrivateJwk> {
  const pair = (await crypto.subtle.generateKey(PARAMS[alg], true, ['sign', 'verify'])) as { privateKey: CryptoKey }
  const { d } = await crypto.subtle.exportKey('jwk', pair.privateKey)
  return { ...publicJwk(await crypto.subtle.exportKey('jwk', pair.privateKey)), d: d! }
}

/** The public half in its one form, with the thumbprint as kid. Other members of `jwk` are left out. */
export function publicJwk(jwk: object): PublicJwk {
  const { crv, kty, x, y } = jwk as { crv: 'P-256'; kty: 'EC'; x: string; y: string }
  const bare = (kty as string) === 'OKP' ? { crv, kty, x } : { crv, kty, x, y }
  const half = { ...bare, kid: thumbprint(bare as PublicJwk) } as PublicJwk
  importKey(half)
  return half
}

/** Signs with a key that this process holds. */
export async function localSigner(key: PrivateJwk, person: string): Promise<Signer> {
  if (!isObject(key) || typeof key.d !== 'string') throw new EnsignError('key', 'not a private key')
  const jwk = publicJwk(key)
  const { alg } = importKey(jwk)
  const { kid: _, ...half } = jwk
  const privateKey = await crypto.subtle.importKey('jwk', { ...half, d: key.d }, PARAMS[alg], false, ['sign'])
  const sign = async (input: Uint8Array) =>
    new Uint8Array(await crypto.subtle.sign(PARAMS[alg], privateKey, new Uint8Array(input)))
  return { jwk, person, sign }
}
