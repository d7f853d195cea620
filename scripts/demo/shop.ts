import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createInbox } from '../../src/adapters/serve/inbox.ts'
import { listen } from '../../src/adapters/serve/listen.ts'
import { createPublishing } from '../../src/adapters/serve/publishing/publishing.ts'
import { remoteDesk } from '../../src/adapters/serve/submit.ts'
import { draftFirstRoot } from '../../src/publisher/ceremony/draft.ts'
import { policyOf, printPolicy } from '../../src/publisher/policy/files.ts'
import { policyPath, projectPath, rootPath } from '../../src/publisher/publish/paths.ts'
import { storeSource } from '../../src/publisher/publish/sources.ts'
import type { Publisher } from '../../src/publisher/publish/types.ts'
import { writeKeyFile } from '../../src/publisher/signers/file.ts'
import { folderStore } from '../../src/publisher/stores/folder.ts'
import { readSoundWorkspace } from '../../src/publisher/workspace/read.ts'
import { sealStatement } from '../../src/trust/seal.ts'
import { generateKey, localSigner, type Signer } from '../../src/trust/signer.ts'
import type { Person, RootEnvironment } from '../../src/trust/types.ts'
import { ENVIRONMENT, PROJECT, WORKSPACE } from './files.ts'

/** Ana has a second key, as people with two laptops do. The two machines are the publisher and its log. */
const KEYS = ['ana', 'ana-2', 'ben', 'cleo', 'dan', 'publisher', `log-${ENVIRONMENT}`] as const

export type Shop = Awaited<ReturnType<typeof openShop>>

/** Files, keys and a signed root in a folder, and a server that publishes what people hand in. */
export async function openShop(dir: string) {
  for (const [name, text] of Object.entries(WORKSPACE)) {
    await mkdir(dirname(join(dir, name)), { recursive: true })
    await writeFile(join(dir, name), text)
  }
  const keys: Record<string, Signer> = {}
  await mkdir(join(dir, 'keys'))
  for (const name of KEYS) {
    const key = await generateKey('Ed25519')
    await writeKeyFile(join(dir, 'keys', `${name}.jwk`), key, null)
    keys[name] = await localSigner(key, name.replace(/-2$/, ''))
  }
  const store = folderStore(join(dir, 'store'))
  const policy = printPolicy(policyOf(await readSoundWorkspace(dir))!)
  const root = await signRoot(keys, policy.digest)
  await mkdir(join(dir, 'roots'))
  await writeFile(join(dir, 'roots/1.json'), root)
  await store.put(projectPath(PROJECT, policyPath(policy.digest)), policy.bytes, { ifNoneMatch: true })
  await store.put(projectPath(PROJECT, rootPath(1)), root, { ifNoneMatch: true })

  const place = { project: PROJECT, environment: ENVIRONMENT, root, now: Date.now }
  const publisher: Publisher = {
    ...place,
    store,
    keys: { head: keys.publisher!, log: keys[`log-${ENVIRONMENT}`]! },
  }
  const publishing = createPublishing({
    publisher,
    onPublished: head => server.handler.core.hubs.poke(PROJECT, ENVIRONMENT, head),
  })
  const inbox = createInbox({ counter: () => publishing, now: () => performance.now() })
  const server = await listen({ store, inbox, port: 0 })
  await publishing.start()
  return {
    dir,
    keys,
    root,
    publisher,
    publishing,
    server,
    url: server.url,
    view: { ...place, source: storeSource(store, PROJECT) },
    /** Where people hand in what they have signed: over HTTP, and without a password. */
    desk: remoteDesk({ url: server.url, project: PROJECT, environment: ENVIRONMENT }),
    /** As an editor would. */
    async edit(file: string, from: string, to: string) {
      const text = await readFile(join(dir, file), 'utf8')
      await writeFile(join(dir, file), text.replace(from, to))
    },
  }
}

/** Who may do what, signed by two of the three who may change it. */
function signRoot(keys: Readonly<Record<string, Signer>>, policy: string): Promise<Uint8Array> {
  const person = (id: string, ...names: string[]): Person => {
    return { id, machine: id === 'publisher', keys: (names.length > 0 ? names : [id]).map(name => keys[name]!.jwk) }
  }
  const now = Date.now()
  const payload = draftFirstRoot(
    PROJECT,
    {
      people: [person('ana', 'ana', 'ana-2'), person('ben'), person('cleo'), person('dan'), person('publisher')],
      root: { members: ['ana', 'ben', 'cleo'], threshold: 2 },
      policy,
      environments: [
        {
          name: ENVIRONMENT,
          epoch: 1,
          author: ['ana'],
          approve: ['ana', 'ben', 'cleo'],
          approvals: 2,
          stop: ['dan'],
          publish: ['publisher'],
          headLifetime: 24 * 3600,
          log: {
            origin: `flags.example/${PROJECT}/${ENVIRONMENT}/1`,
            key: keys[`log-${ENVIRONMENT}`]!.jwk as RootEnvironment['log']['key'],
          },
        },
      ],
    },
    { now, days: 365 },
  )
  return sealStatement(payload, [keys.ben!, keys.cleo!], Math.floor(now / 1000))
}
