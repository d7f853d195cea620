import { mkdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { EnsignError } from '../../base/errors.ts'
import { readKeyFile, writeKeyFile } from '../../publisher/signers/file.ts'
import { generateKey, publicJwk } from '../../trust/signer.ts'
import type { Command } from '../command.ts'
import { passphraseOf, placeOf, READING } from '../place.ts'
import { columns } from '../print.ts'

export const keysNew: Command = {
  name: 'keys new',
  topic: 'trust',
  summary: 'make a key pair; the private half is encrypted at rest',
  about:
    'Writes keys/NAME.jwe under a passphrase: ENSIGN_PASSPHRASE, or asked for. --open leaves it unencrypted, for development\nand for machines whose disk is the secret.',
  args: [{ name: 'name', about: 'of the file, usually the person' }],
  options: [
    { flags: '--alg <alg>', about: 'the algorithm', choices: ['Ed25519', 'ES256'], default: 'Ed25519' },
    { flags: '--open', about: 'write a plain JWK' },
  ],
  examples: [{ command: 'ensign keys new alice', shows: 'a key for alice' }],
  json: { file: 'the key file', jwk: 'the public half' },
  async run(call) {
    const open = call.has('open')
    const name = call.need('name')
    if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(name))
      throw new EnsignError('usage', 'a name is of small letters, digits, dashes')
    const passphrase = open ? null : await passphraseOf(call)()
    if (passphrase === undefined) throw new EnsignError('passphrase_missing', 'a key at rest needs a passphrase')
    const key = await generateKey(call.text('alg') as 'Ed25519' | 'ES256')
    const file = join('keys', `${name}.${open ? 'jwk' : 'jwe'}`)
    await mkdir(dirname(join(call.dir, file)), { recursive: true })
    await writeKeyFile(join(call.dir, file), key, passphrase)
    const jwk = publicJwk(key)
    return { json: { file, jwk: { ...jwk } }, text: `${file}\n${JSON.stringify(jwk)}` }
  },
}

export const keysExport: Command = {
  name: 'keys export',
  topic: 'trust',
  summary: 'print the public half of a key file, as a root takes it',
  args: [{ name: 'file', about: 'the key file' }],
  examples: [{ command: 'ensign keys export keys/alice.jwe', shows: 'a JWK without its private part' }],
  json: { jwk: 'the public half' },
  async run(call) {
    const jwk = publicJwk(await readKeyFile(resolve(call.io.cwd, call.need('file')), passphraseOf(call)))
    return { json: { jwk: { ...jwk } }, text: JSON.stringify(jwk) }
  },
}

export const keysList: Command = {
  name: 'keys list',
  topic: 'trust',
  summary: 'list the keys of the newest root, and what each may do',
  options: [...READING],
  examples: [{ command: 'ensign keys list', shows: 'people, machines, logs' }],
  json: { keys: 'array of {person, machine, kid, alg, may}' },
  async run(call) {
    const place = await placeOf(call)
    const { payload } = await place.chain()
    const mayOf = (person: string) => [
      ...(payload.root.members.includes(person) ? ['root'] : []),
      ...payload.environments.flatMap(one =>
        (['author', 'approve', 'stop', 'publish'] as const)
          .filter(role => one[role].includes(person))
          .map(role => `${role}:${one.name}`),
      ),
    ]
    const keys = payload.people.flatMap(({ id, machine, keys: own }) =>
      own.map(({ kid, crv }) => ({ person: id, machine, kid, alg: crv === 'Ed25519' ? crv : 'ES256', may: mayOf(id) })),
    )
    const logs = payload.environments.map(({ name, log }) => ({
      person: `log of ${name}`,
      machine: true,
      kid: log.key.kid,
      alg: 'Ed25519',
      may: ['log'],
    }))
    const all = [...keys, ...logs]
    return { json: { keys: all }, text: columns(all.map(one => [one.person, one.kid, one.alg, one.may.join(' ')])) }
  },
}
