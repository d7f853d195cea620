import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { EnsignError } from '../../base/errors.ts'
import { namesIn } from '../../publisher/change/folder.ts'
import { readKeyFile } from '../../publisher/signers/file.ts'
import { publicJwk } from '../../trust/signer.ts'
import type { Call } from '../command.ts'

/** A private key on this machine. Nothing of its private half is kept. */
export interface KeyFound {
  /** As it was named: `keys/alice.jwk`. */
  readonly file: string
  /** What the file is called after: `alice`. */
  readonly name: string
  /** Undefined where it is encrypted, or no key. */
  readonly kid: string | undefined
  readonly state: 'open' | 'encrypted' | 'unreadable'
  /** Permission bits; undefined where the system has none. */
  readonly mode: number | undefined
}

const VARIABLES = ['ENSIGN_KEY', 'ENSIGN_PUBLISH_KEY', 'ENSIGN_LOG_KEY'] as const

/** Those of `keys/`, and those that the environment names. */
export async function findKeys({ dir, io }: Call): Promise<KeyFound[]> {
  const found: KeyFound[] = []
  for (const name of await namesIn(join(dir, 'keys'))) {
    if (/\.jw[ke]$/.test(name)) found.push(await look(`keys/${name}`, join(dir, 'keys', name)))
  }
  for (const variable of VARIABLES) {
    const told = io.env[variable]
    if (told === undefined || told.startsWith('exec:')) continue
    const path = resolve(io.cwd, told)
    if (!found.some(({ file }) => resolve(dir, file) === path)) found.push(await look(told, path))
  }
  return found
}

async function look(file: string, path: string): Promise<KeyFound> {
  const name = /([^/\\]+?)(?:\.jw[ke])?$/.exec(file)![1]!
  const found = await stat(path).catch(() => undefined)
  const mode = found === undefined || process.platform === 'win32' ? undefined : found.mode & 0o777
  try {
    // Nobody is asked for a passphrase: whose an encrypted key is, its name tells.
    const { kid } = publicJwk(await readKeyFile(path, async () => undefined))
    return { file, name, kid, state: 'open', mode }
  } catch (error) {
    const isEncrypted = error instanceof EnsignError && error.code === 'passphrase_missing'
    return { file, name, kid: undefined, state: isEncrypted ? 'encrypted' : 'unreadable', mode }
  }
}
