import * as limits from '../base/limits.ts'
import { must } from '../base/must.ts'
import { parseTime } from '../base/time.ts'
import type { RootEnvironment, RootPayload } from './types.ts'

/** What a root says must make sense before anybody is trusted for it. Keys are judged in keyring.ts. */
export function checkRoles(root: RootPayload, at: string): void {
  const first = root.version === 1
  const [issued, expires] = [parseTime(root.issued)!, parseTime(root.expires)!]
  must(
    '4.1',
    (root.previous === null) === first && (root.genesis === null) === first,
    'schema',
    at,
    'null in root 1 only',
  )
  must('4.2', issued < expires, 'schema', `${at}/expires`, 'expires before it was issued')
  must('4.3', expires - issued <= limits.MAX_ROOT_LIFETIME_MS, 'schema', `${at}/expires`, 'lives over 400 days')

  const { members, threshold } = root.root
  const machines = new Set(root.people.filter(person => person.machine).map(person => person.id))
  const isMachine = (person: string) => machines.has(person)
  const everyone = new Set(root.people.map(person => person.id))
  const apart = new Set(members)
  for (const one of root.environments)
    for (const person of [...one.author, ...one.approve, ...one.stop]) apart.add(person)
  const publishers = root.environments.flatMap(one => one.publish)

  const stranger = [...apart, ...publishers].find(person => !everyone.has(person))
  must('4.4', stranger === undefined, 'unknown_person', at, `${stranger} is not among the people`)
  must('4.5', threshold <= members.length, 'impossible_threshold', `${at}/root`, `${threshold} of ${members.length}`)
  must('4.6', !members.some(isMachine), 'role_conflict', `${at}/root`, 'a machine is a root member')
  must('4.7', publishers.every(isMachine), 'role_conflict', at, 'a person has the publish role')
  must('4.8', !publishers.some(one => apart.has(one)), 'role_conflict', at, 'a publisher has another role')
  root.environments.forEach((one, i) => {
    checkEnvironment(one, isMachine, `${at}/environments/${i}`)
  })
  const origins = new Set(root.environments.map(one => one.log.origin))
  must('4.12', origins.size === root.environments.length, 'schema', `${at}/environments`, 'two logs of one origin')
}

function checkEnvironment(one: RootEnvironment, isMachine: (person: string) => boolean, at: string): void {
  must('4.9', !one.approve.some(isMachine), 'role_conflict', at, 'a machine approves')
  must('4.10', one.approvals > 0 || !one.author.some(isMachine), 'role_conflict', at, 'a machine author, unapproved')
  // An author does not approve his own release: somebody who can write one must be left with enough others.
  const approvers = new Set(one.approve)
  const most = one.author.every(author => approvers.has(author)) ? approvers.size - 1 : approvers.size
  must('4.11', one.approvals <= most, 'impossible_threshold', at, `${one.approvals} approvals of ${most}`)
}
