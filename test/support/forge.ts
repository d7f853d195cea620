import { base64url, fromBase64url, fromUtf8, utf8 } from '../../src/base/bytes.ts'
import type { Signer } from '../../src/trust/signer.ts'
import type { StatementType } from '../../src/trust/types.ts'

/** What the library does not write: envelopes and headers to the letter, signed with real keys where they should be. */
export interface Row {
  readonly protected: string
  readonly signature: string
}

export const IAT = 1_795_000_000

/** The right header, as text. */
export function headerOf(signer: Signer, type: StatementType, alg?: string): string {
  const own = signer.jwk.kty === 'OKP' ? 'Ed25519' : 'ES256'
  return `{"alg":"${alg ?? own}","iat":${IAT},"kid":"${signer.jwk.kid}","typ":"ensign-${type}+jws"}`
}

/** A signature that is right for whatever the header says. */
export async function signRow(signer: Signer, header: string, encoded: string): Promise<Row> {
  const protectedHeader = base64url(utf8(header))
  const signature = await signer.sign(utf8(`${protectedHeader}.${encoded}`))
  return { protected: protectedHeader, signature: base64url(signature) }
}

export function envelopeText(encoded: string, rows: readonly Row[], sort = true): string {
  const list = sort ? [...rows].sort((a, b) => (a.protected < b.protected ? -1 : 1)) : rows
  const texts = list.map(row => `{"protected":"${row.protected}","signature":"${row.signature}"}`)
  return `{"payload":"${encoded}","signatures":[${texts.join(',')}]}`
}

/** A statement over this very text, signed in the right way. */
export async function sealText(payload: string | Uint8Array, type: StatementType, ...signers: readonly Signer[]) {
  const encoded = base64url(typeof payload === 'string' ? utf8(payload) : payload)
  const rows = await Promise.all(signers.map(signer => signRow(signer, headerOf(signer, type), encoded)))
  return utf8(envelopeText(encoded, rows))
}

export interface Taken {
  readonly encoded: string
  readonly payload: string
  readonly rows: readonly Row[]
}

/** An envelope taken apart. */
export function takeApart(bytes: Uint8Array): Taken {
  const { payload, signatures } = JSON.parse(fromUtf8(bytes)!) as { payload: string; signatures: Row[] }
  return { encoded: payload, payload: fromUtf8(fromBase64url(payload)!)!, rows: signatures }
}

/** The same envelope with its first signature changed. */
export function withSignature(bytes: Uint8Array, change: (signature: string) => string): Uint8Array {
  const { encoded, rows } = takeApart(bytes)
  return utf8(envelopeText(encoded, [{ ...rows[0]!, signature: change(rows[0]!.signature) }, ...rows.slice(1)]))
}

export function flipBit(text: string, byte = 0): string {
  const bytes = fromBase64url(text)!
  bytes[byte]! ^= 1
  return base64url(bytes)
}

const L = 2n ** 252n + 27742317777372353535851937790883648493n
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/** Ed25519 with S + L, which is the same number to whoever does not check its range. */
export function plusOrder(signature: string): string {
  const bytes = fromBase64url(signature)!
  let s = L
  for (let i = 0; i < 32; i++) s += BigInt(bytes[32 + i]!) << BigInt(8 * i)
  for (let i = 0; i < 32; i++) bytes[32 + i] = Number((s >> BigInt(8 * i)) & 255n)
  return base64url(bytes)
}

/** ECDSA with n - s, which verifies as well: signatures of P-256 are malleable. */
export function otherS(signature: string): string {
  const bytes = fromBase64url(signature)!
  let s = 0n
  for (const byte of bytes.subarray(32)) s = s * 256n + BigInt(byte)
  s = N - s
  for (let i = 31; i >= 0; i--) {
    bytes[32 + i] = Number(s & 255n)
    s >>= 8n
  }
  return base64url(bytes)
}

/** One base64url character more in the bits that no byte uses. */
export function trailingBits(text: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return text.slice(0, -1) + alphabet[alphabet.indexOf(text.at(-1)!) ^ 1]!
}
