import { must } from '../base/must.ts'
import { importKey, type Key } from './keys.ts'
import type { KnownKey } from './statement.ts'
import type { RootPayload } from './types.ts'

/**
 * Whose each key of the chain is or ever was, by kid: `person <id>`, `machine <id>` or `log of <environment>`. A machine
 * that is listed as a person later would bring a key along that no person holds.
 */
export type Owners = Map<string, { readonly owner: string; readonly key: Key }>

/** Lets the event loop turn. Layers without timers are given one. */
export type Pause = () => Promise<void>

const KEYS_PER_TURN_COUNT = 16

/** Judges every key of a root: a good public key, and of one owner for ever. `owners` grows. */
export async function keysOf(
  root: RootPayload,
  owners: Owners,
  pause: Pause,
  at: string,
): Promise<Map<string, KnownKey>> {
  const keys = new Map<string, KnownKey>()
  let judged = 0
  const judge = async (jwk: unknown, owner: string, place: string): Promise<Key> => {
    const key = importKey(jwk, place, kid => owners.get(kid)?.key)
    must('4.13', (owners.get(key.kid)?.owner ?? owner) === owner, 'duplicate_key', place)
    owners.set(key.kid, { owner, key })
    judged += 1
    if (judged % KEYS_PER_TURN_COUNT === 0) await pause()
    return key
  }
  for (const [i, person] of root.people.entries()) {
    for (const [j, jwk] of person.keys.entries()) {
      const key = await judge(
        jwk,
        `${person.machine ? 'machine' : 'person'} ${person.id}`,
        `${at}/people/${i}/keys/${j}`,
      )
      keys.set(key.kid, { ...key, person: person.id, machine: person.machine })
    }
  }
  for (const [i, one] of root.environments.entries()) {
    const place = `${at}/environments/${i}/log/key`
    const key = await judge(one.log.key, `log of ${one.name}`, place)
    must('4.14', key.alg === 'Ed25519', 'key_alg', place)
  }
  return keys
}
