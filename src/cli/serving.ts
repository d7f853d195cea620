import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Inbox } from '../adapters/serve/core.ts'
import { createInbox } from '../adapters/serve/inbox.ts'
import { createPublishing, type Publishing } from '../adapters/serve/publishing/publishing.ts'
import { createRelay, type Relay } from '../adapters/serve/relay/relay.ts'
import { httpUpstream } from '../adapters/serve/relay/upstream.ts'
import { EnsignError } from '../base/errors.ts'
import { MAX_ROOT_ENVELOPE } from '../base/limits.ts'
import { fileSeen, processSeen } from '../publisher/publish/seen.ts'
import { storeSource } from '../publisher/publish/sources.ts'
import { execSigner, splitCommand } from '../publisher/signers/exec.ts'
import { readKeyFile } from '../publisher/signers/file.ts'
import { openSigner } from '../publisher/signers/open.ts'
import type { Store } from '../publisher/stores/store.ts'
import { environmentOf, openRootChain, type RootState } from '../trust/root.ts'
import { localSigner, type Signer } from '../trust/signer.ts'
import type { RootEnvironment } from '../trust/types.ts'
import type { Call } from './command.ts'
import { whole } from './numbers.ts'

export interface Reports {
  readonly onError: (what: string, error: unknown) => void
  readonly onUpdate: (code: string) => void
}

/** What both modes need to know: whose statements, under which root. */
async function subjectOf(call: Call) {
  const root = new Uint8Array(await readFile(resolve(call.io.cwd, call.need('root'))))
  const environments = call.list('environment')
  if (environments.length === 0) throw new EnsignError('usage', '--environment is needed')
  return { project: call.need('project'), environments, root }
}

/** `--upstream`: one relay for each environment, all of them with their copies in the folder. */
export async function relaysOf(call: Call, copy: Store, reports: Reports): Promise<readonly Relay[]> {
  const { project, environments, root } = await subjectOf(call)
  const text = call.need('upstream')
  const url = URL.canParse(text) ? new URL(text.endsWith('/') ? text : `${text}/`) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw new EnsignError('usage', '--upstream takes a URL')
  const token = call.io.env.ENSIGN_TOKEN
  return environments.map(environment =>
    createRelay({
      upstream: httpUpstream({ url, project, ...(token !== undefined && { token }) }),
      project,
      environment,
      root,
      copy,
      ...reports,
    }),
  )
}

/** `--publish-key`: checks, logs and publishes the statements of these environments. */
export async function publishingsOf(
  call: Call,
  store: Store,
  onPublished: (project: string, environment: string, head: Uint8Array) => void | Promise<void>,
  { onError }: Reports,
): Promise<readonly Publishing[]> {
  const { project, environments, root } = await subjectOf(call)
  const source = storeSource(store, project)
  const chain = await openRootChain({
    pin: root,
    project,
    read: version => source.get(`roots/${version}.json`, { maxBytes: MAX_ROOT_ENVELOPE }),
  })
  const publishings: Publishing[] = []
  for (const name of environments) {
    const environment = environmentOf(chain, name)
    const keys = { head: await headSigner(call, chain, environment), log: await logSigner(call, environment) }
    const folder = call.text('seen')
    const seen = folder === undefined ? processSeen() : fileSeen(join(resolve(call.io.cwd, folder), `${name}.json`))
    const publisher = { store, project, environment: name, root, now: call.io.now, seen, keys }
    publishings.push(createPublishing({ publisher, onPublished: head => onPublished(project, name, head), onError }))
  }
  return publishings
}

export function inboxOf(call: Call, publishings: readonly Publishing[], { onError }: Reports): Inbox {
  return createInbox({
    counter: (project, environment) =>
      publishings.find(one => one.project === project && one.environment === environment),
    now: call.io.now,
    perMinute: whole(call, 'rate', 1_000_000),
    onError,
  })
}

/** The one of the given keys whose owner may publish this environment. */
async function headSigner(call: Call, root: RootState, environment: RootEnvironment): Promise<Signer> {
  const people = root.payload.people.filter(({ id }) => environment.publish.includes(id))
  let last: unknown
  for (const spec of call.list('publish-key')) {
    try {
      return await openSigner({ spec: pathOf(call, spec), people, passphrase: () => passphraseOf(call) })
    } catch (error) {
      if (!(error instanceof EnsignError) || error.code !== 'signer_unknown') throw error
      last = error
    }
  }
  throw new EnsignError('publish_key', `no --publish-key may publish ${environment.name}`, { cause: last })
}

async function logSigner(call: Call, environment: RootEnvironment): Promise<Signer> {
  const { key } = environment.log
  for (const spec of call.list('log-key')) {
    // A command cannot be asked whose key it holds; what it signs is checked before it is published.
    if (spec.startsWith('exec:')) {
      return execSigner({ command: splitCommand(spec.slice('exec:'.length)), jwk: key, person: 'log' })
    }
    const signer = await localSigner(await readKeyFile(pathOf(call, spec), () => passphraseOf(call)), 'log')
    if (signer.jwk.kid === key.kid) return signer
  }
  throw new EnsignError('publish_key', `no --log-key is the key of the log of ${environment.name}`)
}

function pathOf(call: Call, spec: string): string {
  return spec.startsWith('exec:') ? spec : resolve(call.io.cwd, spec)
}

async function passphraseOf(call: Call): Promise<string | undefined> {
  return call.io.env.ENSIGN_PASSPHRASE ?? (await call.io.ask?.('Passphrase of the key: ', { secret: true }))
}
