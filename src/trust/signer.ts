import type { PublicJwk } from './types.ts'

/** Someone or something that can sign. `sign` answers with the 64 raw bytes of Ed25519, or r and s of ES256. */
export interface Signer {
  readonly jwk: PublicJwk
  readonly person: string
  sign(input: Uint8Array): Promise<Uint8Array>
}
