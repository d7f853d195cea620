import type { RootPayload } from '../../trust/types.ts'
import type { KeyFound } from './keyfiles.ts'
import { type Check, type Examined, fail, ok, read, type Verdict, warn } from './types.ts'

/** Whose a key is: a person or machine of the newest root, or the log of an environment. */
type Owner = { readonly person: string } | { readonly log: string } | undefined

function ownerOf({ kid, name, state }: KeyFound, { people, environments }: RootPayload): Owner {
  if (state === 'encrypted') {
    if (people.some(({ id }) => id === name)) return { person: name }
    const log = environments.find(one => `log-${one.name}` === name)
    return log === undefined ? undefined : { log: log.name }
  }
  const person = people.find(({ keys }) => keys.some(key => key.kid === kid))
  if (person !== undefined) return { person: person.id }
  const log = environments.find(one => one.log.key.kid === kid)
  return log === undefined ? undefined : { log: log.name }
}

const ROLES = ['author', 'approve', 'stop', 'publish'] as const

/** `root; author, approve, stop in staging, production`. */
function rolesText(person: string, { root, environments }: RootPayload): string {
  const byRoles = new Map<string, string[]>()
  for (const one of environments) {
    const roles = ROLES.filter(role => one[role].includes(person)).join(', ')
    if (roles !== '') byRoles.set(roles, [...(byRoles.get(roles) ?? []), one.name])
  }
  const parts = [...byRoles].map(([roles, names]) => `${roles} in ${names.join(', ')}`)
  return [...(root.members.includes(person) ? ['root'] : []), ...parts].join('; ') || 'no role'
}

/** An online key without the other one publishes nothing. */
function halves(root: RootPayload, people: ReadonlySet<string>, logs: ReadonlySet<string>): Verdict[] {
  return root.environments.flatMap(({ name, publish }) => {
    const head = publish.some(id => people.has(id))
    if (head === logs.has(name)) return []
    const [here, missing] = head ? ['publish key', 'key of its log'] : ['key of the log', 'publish key']
    return [warn(`the ${here} of ${name} is here, and the ${missing} is not`)]
  })
}

function rolesHere({ keys, root }: Examined): Verdict[] {
  const payload = read(root)?.payload
  if (payload === undefined) return []
  const owners = keys.map(key => ownerOf(key, payload))
  const people = new Set(owners.flatMap(owner => (owner !== undefined && 'person' in owner ? [owner.person] : [])))
  const logs = new Set(owners.flatMap(owner => (owner !== undefined && 'log' in owner ? [owner.log] : [])))
  if (people.size === 0 && logs.size === 0) return [ok('no key of the root is here: this machine can read and verify')]
  return [
    ...[...people].map(person => ok(`${person}: ${rolesText(person, payload)}`)),
    ...(logs.size === 0 ? [] : [ok(`log of ${[...logs].join(', ')}`)]),
    ...halves(payload, people, logs),
  ]
}

export const KEY_CHECKS: readonly Check[] = [
  {
    name: 'keys',
    cure: 'Remove a key that nobody uses; make one with `ensign keys new`, and have it put into the root.',
    look({ keys, root }) {
      const payload = read(root)?.payload
      const good = keys.filter(key => key.state !== 'unreadable')
      const strangers = payload === undefined ? [] : good.filter(key => ownerOf(key, payload) === undefined)
      const encrypted = good.filter(({ state }) => state === 'encrypted').length
      const kinds = `${good.length - encrypted} open, ${encrypted} encrypted`
      return [
        ...(good.length === 0 ? [] : [ok(`${good.map(({ name }) => name).join(', ')} (${kinds})`)]),
        ...strangers.map(({ file, state }) =>
          warn(`${file} is ${state === 'open' ? "nobody's" : 'named after nobody'} in the newest root`),
        ),
        ...keys
          .filter(({ state }) => state === 'unreadable')
          .map(({ file }) => fail(`${file} cannot be read, or is no key file`, { code: 'key_file' })),
      ]
    },
  },
  {
    name: 'key modes',
    cure: 'Take the rights away from others: chmod 600 FILE.',
    look({ keys }) {
      const loose = keys.filter(({ mode }) => mode !== undefined && (mode & 0o077) !== 0)
      if (keys.length > 0 && loose.length === 0) return [ok('private keys are readable by their owner alone')]
      return loose.map(({ file, mode }) =>
        warn(`others may read ${file} (mode ${mode!.toString(8).padStart(4, '0')})`, { cure: `chmod 600 ${file}` }),
      )
    },
  },
  {
    name: 'roles',
    cure: 'Bring the other key, or hand changes in with --to URL.',
    look: rolesHere,
  },
]
