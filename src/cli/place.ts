import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { remoteDesk } from '../adapters/serve/submit.ts'
import { EnsignError } from '../base/errors.ts'
import type { Source } from '../bundle/source.ts'
import { readRoots } from '../publisher/ceremony/files.ts'
import { openChain } from '../publisher/ceremony/publish.ts'
import { sharedSeen } from '../publisher/change/floor.ts'
import type { View } from '../publisher/change/ground.ts'
import { type Desk, localDesk } from '../publisher/publish/desk.ts'
import type { Seen } from '../publisher/publish/seen.ts'
import { storeSource } from '../publisher/publish/sources.ts'
import type { Publisher } from '../publisher/publish/types.ts'
import { execSigner, splitCommand } from '../publisher/signers/exec.ts'
import { readKeyFile } from '../publisher/signers/file.ts'
import { openSigner } from '../publisher/signers/open.ts'
import { folderStore } from '../publisher/stores/folder.ts'
import type { Store } from '../publisher/stores/store.ts'
import { readSettings } from '../publisher/workspace/read.ts'
import type { Workspace } from '../publisher/workspace/types.ts'
import { environmentOf, type RootState } from '../trust/root.ts'
import { localSigner, type Signer } from '../trust/signer.ts'
import { readEnvelope } from '../trust/statement.ts'
import type { Person } from '../trust/types.ts'
import type { Call, Option } from './command.ts'
import { ENVIRONMENT, ENVIRONMENTS, NAMED_ENVIRONMENT } from './options.ts'
import { notBehind, ownSeen } from './remembered.ts'
import { webSource } from './websource.ts'
import { knownEnvironment } from './workspace.ts'

export const STORE: Option = {
  flags: '--store <folder>',
  about: 'the store; ENSIGN_STORE, else store/ in the workspace',
}
export const TO: Option = { flags: '--to <url>', about: 'a server in place of a folder' }
const AS: Option = { flags: '--as <person>', about: 'who signs; ENSIGN_AS where absent' }
const KEY: Option = {
  flags: '--key <key>',
  about: 'a key file or exec:COMMAND; ENSIGN_KEY, else keys/PERSON.jwe or .jwk',
}
const KID: Option = { flags: '--kid <kid>', about: 'which of several keys an exec: command holds' }
export const PUBLISH_KEY: Option = {
  flags: '--publish-key <key>',
  about: 'the key that signs heads; ENSIGN_PUBLISH_KEY, else the publisher in keys/',
}
export const LOG_KEY: Option = {
  flags: '--log-key <key>',
  about: 'the key of the log; ENSIGN_LOG_KEY, else keys/log-ENVIRONMENT.jwe or .jwk',
}
const WHERE: readonly Option[] = [STORE, TO]
export const READING: readonly Option[] = [ENVIRONMENT, ...WHERE]
export const READING_ALL: readonly Option[] = [ENVIRONMENTS, ...WHERE]
export const SIGNING: readonly Option[] = [...READING, AS, KEY, KID]
/** Of commands that act at once. */
export const ACTING: readonly Option[] = [NAMED_ENVIRONMENT, ...WHERE, AS, KEY, KID]
/** Only where the store is: a server does this by itself. */
export const PUBLISHING: readonly Option[] = [ENVIRONMENTS, STORE, PUBLISH_KEY, LOG_KEY]

/** Where a command works: the workspace, what it pins, and the store or server. */
export interface Place {
  readonly call: Call
  readonly people: Workspace['people']
  readonly project: string
  readonly environment: string
  readonly environments: readonly string[]
  readonly root: Uint8Array
  readonly source: Source
  /** Absent with --to. */
  readonly store: Store | undefined
  readonly view: View
  viewOf(environment: string): View
  /** What this machine and those who had the workspace before have seen in force. */
  seenOf(environment: string): Seen
  chain(): Promise<RootState>
}

/** The same call with some options as given here. */
export function withText(call: Call, other: Readonly<Record<string, string | undefined>>): Call {
  return { ...call, text: name => (Object.hasOwn(other, name) ? other[name] : call.text(name)) }
}

export async function placeOf(call: Call, { named = false }: { named?: boolean } = {}): Promise<Place> {
  const settings = await readSettings(call.dir)
  const { people } = settings
  const { project, environments } = settings.project.content
  const told = call.text('environment')
  if (told === undefined && named && environments.length > 1) {
    throw new EnsignError('usage', 'which environment is not clear', {
      cure: `Give ${environments.map(name => `-e ${name}`).join(' or ')}.`,
    })
  }
  const environment = knownEnvironment(told ?? environments[0]!, environments)
  const roots = await readRoots(call.dir)
  const root = roots.get(1)
  if (root === undefined) {
    throw new EnsignError('root_missing', 'the workspace has no roots/1.json', { cure: 'Start with `ensign init`.' })
  }
  const to = call.text('to')
  if (to !== undefined && !(URL.canParse(to) && /^https?:/.test(to))) {
    throw new EnsignError('usage', '--to takes a URL', { cure: 'Write it as https://flags.example.com.' })
  }
  const store = to === undefined ? folderStore(storeFolder(call)) : undefined
  const source = store === undefined ? webSource(to!, project, call.io.env.ENSIGN_TOKEN) : storeSource(store, project)
  const { digest: genesis } = readEnvelope(root, 'root', 'roots/1.json')
  const seenOf = (name: string) => sharedSeen(ownSeen(call, name), call.dir, { genesis, environment: name })
  const viewOf = (name: string): View => ({ source, project, environment: name, root, now: call.io.now })
  const chain = async () => notBehind(await openChain(source, project, root), roots)
  const view = viewOf(environment)
  return { call, people, project, environment, environments, root, source, store, view, viewOf, seenOf, chain }
}

export function storeFolder(call: Call): string {
  const told = call.text('store') ?? call.io.env.ENSIGN_STORE
  return told === undefined ? join(call.dir, 'store') : resolve(call.io.cwd, told)
}

export function needStore({ store }: Place): Store {
  if (store === undefined) throw new EnsignError('usage', 'this works on a store only, not with --to')
  return store
}

/** Whoever gives the command, with his key; whose key it is, is what the newest root says. */
export async function signerOf({ call, chain }: Place): Promise<Signer> {
  return signerAmong(call, (await chain()).payload.people)
}

export async function signerAmong(call: Call, people: readonly Person[]): Promise<Signer> {
  const person = call.text('as') ?? call.io.env.ENSIGN_AS
  const told = call.text('key') ?? call.io.env.ENSIGN_KEY
  const spec = told ?? (person === undefined ? undefined : namedKey(call, person))
  if (spec === undefined) {
    const what = person === undefined ? 'who signs is not clear' : `there is no key of ${person} in keys/`
    throw new EnsignError('signer_unknown', what, { cure: 'Give --as PERSON, or --key FILE.' })
  }
  return openSigner({ spec: pathOf(call, spec), people, person, kid: call.text('kid'), passphrase: passphraseOf(call) })
}

function namedKey(call: Call, name: string): string | undefined {
  return ['jwe', 'jwk'].map(ending => join(call.dir, 'keys', `${name}.${ending}`)).find(path => existsSync(path))
}

function pathOf(call: Call, spec: string): string {
  return spec.startsWith('exec:') ? spec : resolve(call.io.cwd, spec)
}

export function passphraseOf(call: Call): () => Promise<string | undefined> {
  const { env, ask } = call.io
  return async () => env.ENSIGN_PASSPHRASE ?? (await ask?.('Passphrase of the key: ', { secret: true }))
}

/** The two online keys of an environment, and what they publish. */
export async function publisherOf(place: Place, name = place.environment): Promise<Publisher> {
  const { call, project, root } = place
  const environment = environmentOf(await place.chain(), name)
  return {
    store: needStore(place),
    project,
    environment: name,
    root,
    now: call.io.now,
    seen: place.seenOf(name),
    keys: { head: await headSigner(place, environment.publish), log: await logSigner(place, environment) },
  }
}

async function headSigner({ call, chain }: Place, machines: readonly string[]): Promise<Signer> {
  const people = (await chain()).payload.people.filter(({ id }) => machines.includes(id))
  const told = call.text('publish-key') ?? call.io.env.ENSIGN_PUBLISH_KEY
  const spec = told ?? machines.map(name => namedKey(call, name)).find(path => path !== undefined)
  if (spec === undefined) {
    throw new EnsignError('publish_key', 'there is no publish key here', {
      cure: 'Send it to the publishing server with --to URL, or give --publish-key.',
    })
  }
  return openSigner({ spec: pathOf(call, spec), people, passphrase: passphraseOf(call) })
}

async function logSigner({ call }: Place, { name, log }: ReturnType<typeof environmentOf>): Promise<Signer> {
  const spec = call.text('log-key') ?? call.io.env.ENSIGN_LOG_KEY ?? namedKey(call, `log-${name}`)
  if (spec === undefined) throw new EnsignError('publish_key', `there is no key of the log of ${name} here`)
  if (spec.startsWith('exec:')) {
    return execSigner({ command: splitCommand(spec.slice('exec:'.length)), jwk: log.key, person: 'log' })
  }
  return localSigner(await readKeyFile(pathOf(call, spec), passphraseOf(call)), 'log')
}

/** Where statements are handed in: the server of --to, or this process with the online keys. */
export async function deskOf(place: Place): Promise<Desk> {
  const { call, project, environment } = place
  const url = call.text('to')
  if (url === undefined) {
    const publisher = await publisherOf(place)
    // A file that came with git hinders no stop.
    const stopper = { ...publisher, seen: ownSeen(call, environment) }
    return { ...localDesk(publisher), stop: localDesk(stopper).stop }
  }
  const token = call.io.env.ENSIGN_TOKEN
  return remoteDesk({ url, project, environment, signal: call.io.signal, ...(token === undefined ? {} : { token }) })
}

export async function readInput(call: Call, name: string): Promise<Uint8Array> {
  return new Uint8Array(await readFile(resolve(call.io.cwd, name)))
}
