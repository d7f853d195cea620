import { EnsignError } from '../../base/errors.ts'
import { formatTime } from '../../base/time.ts'
import { checkRoles } from '../../trust/roles.ts'
import type { RootState } from '../../trust/root.ts'
import { checkSuccession } from '../../trust/succession.ts'
import type { Person, RootEnvironment, RootPayload, Standing } from '../../trust/types.ts'

/** What people decide of a root; the rest follows from the one before and from what is in force. */
export type RootBody = Pick<RootPayload, 'people' | 'root' | 'policy'> & {
  readonly environments: readonly Omit<RootEnvironment, 'standing'>[]
}

export interface RootTimes {
  readonly now: number
  readonly days: number
  /** Environments that never had a release, as their people say: no other may begin a new epoch with nothing standing. */
  readonly empty?: ReadonlySet<string>
}

const DAY = 24 * 3600_000

export function bodyOf({ people, root, policy, environments }: RootPayload): RootBody {
  return { people, root, policy, environments: environments.map(({ standing: _, ...one }) => one) }
}

/** The next root: sorted as the format asks, standing filled in, and refused at once if no verifier would take it. */
export function draftRoot(
  current: RootState,
  body: RootBody,
  standing: ReadonlyMap<string, Standing | null>,
  { now, days, empty = new Set() }: RootTimes,
): RootPayload {
  const risen = body.environments.filter(({ name, epoch }) => {
    const before = current.payload.environments.find(one => one.name === name)
    return before !== undefined && epoch > before.epoch
  })
  const lost = risen.find(({ name }) => (standing.get(name) ?? null) === null && !empty.has(name))
  if (lost !== undefined) {
    throw new EnsignError('standing_unknown', `nothing is known to stand in ${lost.name}, whose epoch would rise`)
  }
  const draft: RootPayload = {
    type: 'root',
    spec: 1,
    genesis: current.genesis,
    project: current.payload.project,
    version: current.payload.version + 1,
    previous: current.digest,
    issued: formatTime(now),
    expires: formatTime(now + days * DAY),
    ...sortBody(body, standing),
  }
  checkRoles(draft, 'root')
  checkSuccession(new Map(current.history.environments), draft, 'root')
  return draft
}

/** Root 1, which an application pins. */
export function draftFirstRoot(project: string, body: RootBody, { now, days }: RootTimes): RootPayload {
  const draft: RootPayload = {
    type: 'root',
    spec: 1,
    genesis: null,
    project,
    version: 1,
    previous: null,
    issued: formatTime(now),
    expires: formatTime(now + days * DAY),
    ...sortBody(body, new Map()),
  }
  checkRoles(draft, 'root')
  return draft
}

function sortBody(
  { people, root, policy, environments }: RootBody,
  standing: ReadonlyMap<string, Standing | null>,
): Pick<RootPayload, 'people' | 'root' | 'policy' | 'environments'> {
  const keys = (person: Person) => [...person.keys].sort((a, b) => (a.kid < b.kid ? -1 : 1))
  return {
    people: byText(people, ({ id }) => id).map(person => ({ ...person, keys: keys(person) })),
    root: { ...root, members: [...root.members].sort() },
    policy,
    environments: byText(environments, ({ name }) => name).map(one => ({
      ...one,
      author: [...one.author].sort(),
      approve: [...one.approve].sort(),
      stop: [...one.stop].sort(),
      publish: [...one.publish].sort(),
      standing: standing.get(one.name) ?? null,
    })),
  }
}

function byText<T>(list: readonly T[], of: (one: T) => string): T[] {
  return [...list].sort((a, b) => (of(a) < of(b) ? -1 : 1))
}

/** Someone has left, or a key of his was stolen: he is nobody any more, in any role. */
export function withoutPerson(body: RootBody, person: string): RootBody {
  if (!body.people.some(({ id }) => id === person)) {
    throw new EnsignError('unknown_person', `${person} is not in the root`)
  }
  const others = (list: readonly string[]) => list.filter(one => one !== person)
  return {
    ...body,
    people: body.people.filter(({ id }) => id !== person),
    root: { ...body.root, members: others(body.root.members) },
    environments: body.environments.map(one => ({
      ...one,
      author: others(one.author),
      approve: others(one.approve),
      stop: others(one.stop),
      publish: others(one.publish),
    })),
  }
}

/** After a stolen publish key, or a store that was restored from a backup: heads and log begin anew from `standing`. */
export function withEpoch(body: RootBody, name: string): RootBody {
  if (!body.environments.some(one => one.name === name)) {
    throw new EnsignError('unknown_environment', `the newest root has no ${name}`)
  }
  return {
    ...body,
    environments: body.environments.map(one => {
      if (one.name !== name) return one
      const epoch = one.epoch + 1
      const stem = one.log.origin.replace(new RegExp(`/${one.epoch}$`), '')
      return { ...one, epoch, log: { ...one.log, origin: `${stem}/${epoch}` } }
    }),
  }
}

/** New keys of a person or machine in place of the old ones. */
export function withKeys(body: RootBody, person: string, keys: Person['keys']): RootBody {
  if (!body.people.some(({ id }) => id === person)) {
    throw new EnsignError('unknown_person', `${person} is not in the root`)
  }
  return { ...body, people: body.people.map(one => (one.id === person ? { ...one, keys } : one)) }
}
