import { open, readFile } from 'node:fs/promises'
import { utf8 } from '../../base/bytes.ts'
import { EnsignError } from '../../base/errors.ts'
import { lockKey, readPrivateJwk, unlockKey } from '../../trust/sealedkey.ts'
import type { PrivateJwk } from '../../trust/signer.ts'

/** An encrypted key file is a compact JWE; one that was left open on purpose, as development keys are, is a JWK. */
export async function readKeyFile(path: string, passphrase: () => Promise<string | undefined>): Promise<PrivateJwk> {
  const text = await readFile(path, 'utf8').catch(error => {
    throw new EnsignError('key_file', 'the key file cannot be read', { at: path, cause: error })
  })
  if (text.trimStart().startsWith('{')) return readPrivateJwk(utf8(text))
  const phrase = await passphrase()
  if (phrase === undefined) throw new EnsignError('passphrase_missing', 'the key file is encrypted', { at: path })
  return unlockKey(text, phrase)
}

/** Never over a file that is there: it might be somebody's only key. Readable by its owner alone. */
export async function writeKeyFile(path: string, key: PrivateJwk, passphrase: string | null): Promise<void> {
  const text = passphrase === null ? JSON.stringify(key) : await lockKey(key, passphrase)
  const handle = await open(path, 'wx', 0o600).catch(error => {
    throw new EnsignError('key_file', 'the key file cannot be made; one may be there', { at: path, cause: error })
  })
  try {
    await handle.writeFile(`${text}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
}
