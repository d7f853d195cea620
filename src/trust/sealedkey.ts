import { fromUtf8, utf8 } from '../base/bytes.ts'
import { EnsignError } from '../base/errors.ts'
import { type PrivateJwk, publicJwk } from './signer.ts'

/** OWASP's figure for PBKDF2 with SHA-512 is 210,000; a key file is opened once per command, so it may cost more. */
const ROUNDS = 600_000
/** A file may ask for no more than this, so that it cannot hold the machine up. */
const MAX_ROUNDS = 2_000_000

/** A private key at rest: a compact JWE, PBES2-HS512+A256KW and A256GCM, over the JWK. */
export async function lockKey(key: PrivateJwk, passphrase: string): Promise<string> {
  if (passphrase === '') throw new EnsignError('key_file', 'an empty passphrase')
  const { CompactEncrypt } = await import('jose/jwe/compact/encrypt')
  return new CompactEncrypt(utf8(JSON.stringify({ ...publicJwk(key), d: key.d })))
    .setProtectedHeader({ alg: 'PBES2-HS512+A256KW', enc: 'A256GCM', cty: 'jwk+json' })
    .setKeyManagementParameters({ p2c: ROUNDS })
    .encrypt(utf8(passphrase.normalize('NFKC')))
}

export async function unlockKey(text: string, passphrase: string): Promise<PrivateJwk> {
  // Loaded for a locked key alone: most commands open none.
  const { compactDecrypt } = await import('jose/jwe/compact/decrypt')
  let plain: Uint8Array
  try {
    const opened = await compactDecrypt(text.trim(), utf8(passphrase.normalize('NFKC')), {
      keyManagementAlgorithms: ['PBES2-HS512+A256KW'],
      contentEncryptionAlgorithms: ['A256GCM'],
      maxPBES2Count: MAX_ROUNDS,
    })
    plain = opened.plaintext
  } catch {
    // The cause is left out: nothing of a key or passphrase may reach a log through it.
    throw new EnsignError('key_file', 'wrong passphrase, or not a key file')
  }
  return readPrivateJwk(plain)
}

/** The inside of a key file, or a key file that was left unencrypted on purpose. */
export function readPrivateJwk(bytes: Uint8Array): PrivateJwk {
  try {
    const jwk = JSON.parse(fromUtf8(bytes) ?? '') as PrivateJwk
    const half = publicJwk(jwk)
    if (typeof jwk.d === 'string') return { ...half, d: jwk.d }
  } catch {
    // As above: the parser's message would quote the file.
  }
  throw new EnsignError('key_file', 'not a private key')
}
