import type { Signer } from '../../src/trust/signer.ts'
import { generateKey, localSigner } from '../../src/trust/signer.ts'
import type { Algorithm, Person, RootEnvironment, RootPayload, Standing } from '../../src/trust/types.ts'

/** Who signs in tests, by the name of the key. `alice2` is a second key of alice; nobody knows eve. */
const KEYS: Readonly<Record<string, readonly [person: string, alg: Algorithm]>> = {
  alice: ['alice', 'Ed25519'],
  alice2: ['alice', 'ES256'],
  bob: ['bob', 'ES256'],
  carol: ['carol', 'Ed25519'],
  dave: ['dave', 'Ed25519'],
  robot: ['robot', 'Ed25519'],
  publisher: ['publisher', 'Ed25519'],
  publisher2: ['publisher2', 'ES256'],
  stager: ['stager', 'Ed25519'],
  eve: ['eve', 'Ed25519'],
  eve2: ['eve', 'ES256'],
  log: ['log', 'Ed25519'],
  'log-staging': ['log-staging', 'Ed25519'],
}

export type Cast = Readonly<Record<string, Signer>>

export async function makeCast(): Promise<Cast> {
  const made = Object.entries(KEYS).map(async ([name, [person, alg]]) => {
    return [name, await localSigner(await generateKey(alg), person)] as const
  })
  return Object.fromEntries(await Promise.all(made))
}

let shared: Promise<Cast> | undefined

/** One cast for all tests that do not change keys: making keys takes longer than anything else here. */
export function theCast(): Promise<Cast> {
  shared ??= makeCast()
  return shared
}

export function personOf(cast: Cast, id: string, machine = false, names: readonly string[] = [id]): Person {
  const keys = names.map(name => cast[name]!.jwk).sort((a, b) => (a.kid < b.kid ? -1 : 1))
  return { id, machine, keys }
}

/** Alice, bob and carol are root members, two of them are enough; production takes one approval, staging none. */
export function rootOne(cast: Cast, project: string, issued: string, expires: string): RootPayload {
  const environment = (name: string, more: Partial<RootEnvironment>): RootEnvironment => ({
    name,
    epoch: 1,
    author: ['alice', 'carol'],
    approve: ['alice', 'bob', 'carol'],
    approvals: 1,
    stop: ['bob', 'dave'],
    publish: ['publisher'],
    headLifetime: 24 * 3600,
    log: { origin: `flags.example/${project}/${name}/1`, key: cast.log!.jwk as RootEnvironment['log']['key'] },
    standing: null,
    ...more,
  })
  const staging = { approve: [], approvals: 0, publish: ['stager'], headLifetime: 7 * 24 * 3600 }
  const logKey = cast['log-staging']!.jwk as RootEnvironment['log']['key']
  return {
    type: 'root',
    spec: 1,
    genesis: null,
    project,
    version: 1,
    previous: null,
    issued,
    expires,
    people: [
      personOf(cast, 'alice', false, ['alice', 'alice2']),
      personOf(cast, 'bob'),
      personOf(cast, 'carol'),
      personOf(cast, 'dave'),
      personOf(cast, 'publisher', true),
      personOf(cast, 'publisher2', true),
      personOf(cast, 'robot', true),
      personOf(cast, 'stager', true),
    ],
    root: { members: ['alice', 'bob', 'carol'], threshold: 2 },
    policy: null,
    environments: [
      environment('production', { publish: ['publisher', 'publisher2'] }),
      environment('staging', {
        ...staging,
        log: { origin: `flags.example/${project}/staging/1`, key: logKey },
      }),
    ],
  }
}

/** The same root with one environment changed. */
export function withEnvironment<R extends RootPayload>(
  root: R,
  name: string,
  change: (environment: RootEnvironment) => Partial<RootEnvironment>,
): R {
  const environments = root.environments.map(one => (one.name === name ? { ...one, ...change(one) } : one))
  return { ...root, environments }
}

export type { Standing }
