import type { CryptoKey } from 'jose'
import { base64url, concat, fromBase64url, utf8 } from '../base/bytes.ts'
import { EnsignError } from '../base/errors.ts'
import { isObject } from '../base/json.ts'
import { must } from '../base/must.ts'
import { sha256 } from '../base/sha256.ts'
import { judgeEd25519, judgeP256 } from './points.ts'
import type { Algorithm, PublicJwk } from './types.ts'

export interface Key {
  readonly kid: string
  readonly alg: Algorithm
  /** Asks the platform's cryptography, and nothing else. The key is imported on first use and kept. */
  readonly verifies: (signature: Uint8Array<ArrayBuffer>, input: Uint8Array<ArrayBuffer>) => Promise<boolean>
}

interface KeyKind {
  readonly alg: Algorithm
  readonly kty: string
  readonly members: readonly string[]
  /** For WebCrypto, which reads each member through Object.prototype where it is not here. */
  readonly params: { readonly name: string; readonly namedCurve?: string; readonly hash?: string }
}

/** The two kinds there are, by `crv`. `members` without kid, in the order of RFC 7638. */
const KINDS = new Map<unknown, KeyKind>([
  ['Ed25519', { alg: 'Ed25519', kty: 'OKP', members: ['crv', 'kty', 'x'], params: { name: 'Ed25519' } }],
  [
    'P-256',
    {
      alg: 'ES256',
      kty: 'EC',
      members: ['crv', 'kty', 'x', 'y'],
      params: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
    },
  ],
])

/** The RFC 7638 thumbprint: SHA-256 over the required members, in order, without white space; base64url. */
export function thumbprint(jwk: Omit<PublicJwk, 'kid'>): string {
  const kind = KINDS.get(jwk.crv)
  if (kind === undefined) throw new EnsignError('key_alg')
  const members = kind.members.map(name => `${JSON.stringify(name)}:${JSON.stringify(jwk[name as keyof typeof jwk])}`)
  return base64url(sha256(utf8(`{${members.join(',')}}`)))
}

/**
 * Literal form: `{"crv":"Ed25519","kid":"<43>","kty":"OKP","x":"<43>"}`, or `{"crv":"P-256","kid":…,"kty":"EC","x":…,"y":…}`.
 * Refuses all that is no good public key, whatever the runtime would make of it.
 */
export function importKey(jwk: unknown, at = '', judged?: (kid: string) => Key | undefined): Key {
  must('3.1', isObject(jwk), 'key', at, 'not an object')
  const own = new Map(Object.entries(jwk))
  const kind = KINDS.get(own.get('crv'))
  must('3.2', kind !== undefined && own.get('kty') === kind.kty, 'key_alg', at)
  const known = [...own.keys()].every(name => name === 'kid' || kind.members.includes(name))
  must('3.3', known && own.size === kind.members.length + 1, 'key', at, 'a private, foreign or missing member')
  const [x, y = new Uint8Array(32)] = ['x', 'y']
    .filter(name => own.has(name))
    .map(name => coordinate(own.get(name), at))
  const kid = thumbprint(jwk as unknown as PublicJwk)
  must('3.5', own.get('kid') === kid, 'kid_not_thumbprint', at)
  // The kid is a hash of the point, so that one that was judged before need not be again.
  const before = judged?.(kid)
  if (before !== undefined) return before
  const verdict = kind.alg === 'Ed25519' ? judgeEd25519(x!) : judgeP256(x!, y)
  must('3.6', verdict !== 'weak', 'weak_key', at)
  must('3.7', verdict === 'good', 'key', at, 'not a point of its curve')
  const raw = kind.alg === 'Ed25519' ? x! : concat(Uint8Array.of(4), x!, y)
  let imported: Promise<CryptoKey> | undefined
  return {
    kid,
    alg: kind.alg,
    async verifies(signature, input) {
      // From raw bytes: a JWK given to WebCrypto is also read through Object.prototype.
      imported ??= importRaw(raw, kind)
      const cryptoKey = await imported
      try {
        return await crypto.subtle.verify(kind.params, cryptoKey, signature, input)
      } catch {
        // Some runtimes throw for a signature that cannot be one.
        return false
      }
    },
  }
}

async function importRaw(raw: Uint8Array<ArrayBuffer>, kind: KeyKind): Promise<CryptoKey> {
  try {
    return await crypto.subtle.importKey('raw', raw, kind.params, false, ['verify'])
  } catch (cause) {
    throw new EnsignError('unsupported_runtime', `this runtime has no ${kind.alg}`, { cause })
  }
}

function coordinate(value: unknown, at: string): Uint8Array<ArrayBuffer> {
  const bytes = typeof value === 'string' ? fromBase64url(value) : undefined
  must('3.4', bytes?.length === 32, 'key', at, 'not 32 bytes of base64url')
  return bytes
}
