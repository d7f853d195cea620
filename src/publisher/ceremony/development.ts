import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { sealStatement } from '../../trust/seal.ts'
import { generateKey, localSigner, type PrivateJwk, publicJwk } from '../../trust/signer.ts'
import type { Person, RootEnvironment } from '../../trust/types.ts'
import { writeWhole } from '../change/folder.ts'
import { policyPath, projectPath, rootPath } from '../publish/paths.ts'
import { writeKeyFile } from '../signers/file.ts'
import { putOnce } from '../stores/files.ts'
import type { Store } from '../stores/store.ts'
import { draftFirstRoot } from './draft.ts'
import { rootsDir } from './files.ts'

export interface DevelopmentTrust {
  readonly workspace: string
  readonly store: Store
  readonly project: string
  /** In the order of promotion: the last one takes an approval, the others none. */
  readonly environments: readonly string[]
  readonly people: readonly string[]
  readonly policy?: { readonly bytes: Uint8Array; readonly digest: string } | undefined
  readonly now: number
}

const keyFile = (workspace: string, name: string) => join(workspace, 'keys', `${name}.jwk`)

const HEAD_LIFETIME = 24 * 3600

/**
 * Keys that lie open in `keys/` and a root that they have signed: the same path as in production, with other keys.
 * Nothing that is there is overwritten.
 */
export async function createDevelopmentTrust(options: DevelopmentTrust): Promise<void> {
  const { workspace, store, project, environments, people, policy, now } = options
  await mkdir(join(workspace, 'keys'), { recursive: true })
  const made = new Map<string, PrivateJwk>()
  for (const name of [...people, 'publisher', ...environments.map(one => `log-${one}`)]) {
    const key = await generateKey('Ed25519')
    await writeKeyFile(keyFile(workspace, name), key, null)
    made.set(name, key)
  }
  const person = (id: string, machine: boolean): Person => ({ id, machine, keys: [publicJwk(made.get(id)!)] })
  const payload = draftFirstRoot(
    project,
    {
      people: [...people.map(id => person(id, false)), person('publisher', true)],
      root: { members: people, threshold: Math.min(2, people.length) },
      policy: policy?.digest ?? null,
      environments: environments.map((name, i) => ({
        name,
        epoch: 1,
        author: people,
        approve: people,
        approvals: i === environments.length - 1 && people.length > 1 ? 1 : 0,
        stop: people,
        publish: ['publisher'],
        headLifetime: HEAD_LIFETIME,
        log: {
          origin: `${project}.ensign.example/${project}/${name}/1`,
          key: publicJwk(made.get(`log-${name}`)!) as RootEnvironment['log']['key'],
        },
      })),
    },
    { now, days: 365 },
  )
  const signers = await Promise.all(people.slice(0, payload.root.threshold).map(id => localSigner(made.get(id)!, id)))
  const root = await sealStatement(payload, signers, Math.floor(now / 1000))
  await writeWhole(join(rootsDir(workspace), '1.json'), root)
  if (policy !== undefined) await putOnce(store, projectPath(project, policyPath(policy.digest)), policy.bytes)
  await putOnce(store, projectPath(project, rootPath(1)), root)
}
