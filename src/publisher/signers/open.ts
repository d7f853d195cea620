import { EnsignError } from '../../base/errors.ts'
import { localSigner, publicJwk, type Signer } from '../../trust/signer.ts'
import type { Person, PublicJwk } from '../../trust/types.ts'
import { execSigner, splitCommand } from './exec.ts'
import { readKeyFile } from './file.ts'

export interface SignerOptions {
  /** A key file, or `exec:` and a command line. */
  readonly spec: string
  /** Of the newest root: whose a key is, is what the root says and not what a file is called. */
  readonly people: readonly Person[]
  readonly person?: string | undefined
  /** The key's thumbprint, or how it begins. */
  readonly kid?: string | undefined
  readonly passphrase: () => Promise<string | undefined>
}

export async function openSigner(options: SignerOptions): Promise<Signer> {
  const { spec, people, person, kid } = options
  if (spec.startsWith('exec:')) {
    const found = candidates(people, person, kid)
    if (found.length !== 1) throw new EnsignError('signer_unknown', `${found.length} keys of the root fit`)
    return execSigner({ command: splitCommand(spec.slice('exec:'.length)), ...found[0]! })
  }
  const key = await readKeyFile(spec, options.passphrase)
  const own = publicJwk(key).kid
  const [found] = candidates(people, person, own)
  if (found === undefined) {
    const whose = person === undefined ? 'the key is nobody' : `the key is not ${person}`
    throw new EnsignError('signer_unknown', `${whose}'s in the newest root`, { at: spec })
  }
  return localSigner(key, found.person)
}

function candidates(
  people: readonly Person[],
  person: string | undefined,
  kid: string | undefined,
): { person: string; jwk: PublicJwk }[] {
  return people
    .filter(({ id }) => person === undefined || id === person)
    .flatMap(({ id, keys }) => keys.map(jwk => ({ person: id, jwk })))
    .filter(({ jwk }) => kid === undefined || jwk.kid.startsWith(kid))
}
