import { parseTime } from '../../base/time.ts'
import { policyOf, printPolicy } from '../../publisher/policy/files.ts'
import { count } from '../print.ts'
import { failed } from './failed.ts'
import { type Check, fail, ok, read, type Verdict, warn } from './types.ts'

const DAY = 24 * 3600_000
const SOON_DAYS = 30

export const ROOT_CHECKS: readonly Check[] = [
  {
    name: 'workspace',
    cure: 'Run `ensign lint` and mend what it finds.',
    look({ workspace, problems }) {
      const [first] = problems
      if (first !== undefined || workspace === undefined) {
        const more = problems.length > 1 ? `, and ${count(problems.length - 1, 'more error')}` : ''
        const where = first === undefined ? '' : `${first.at.file}:${first.at.line}: `
        return [
          fail(`${where}${first?.what ?? 'ensign.yaml has errors'}${more}`, { code: first?.code ?? 'no_workspace' }),
        ]
      }
      return [ok(`${count(workspace.flags.size, 'flag')}, ${count(workspace.segments.size, 'segment')}`)]
    },
  },
  {
    name: 'root',
    cure: 'Look for the missing or changed file in roots/ of the store, in another copy.',
    look({ root }) {
      if ('error' in root) return [failed(root.error)]
      const { version, root: members, people } = root.value.payload
      const keepers = `${members.threshold} of ${members.members.join(', ')}`
      return [
        ok(`root ${version} verifies: ${count(people.length, 'person', 'people and machines')}, kept by ${keepers}`),
      ]
    },
  },
  {
    name: 'root expiry',
    cure: 'Make the next one: `ensign root propose`, `root sign`, `root publish`.',
    look({ root, now }) {
      const expires = read(root)?.payload.expires
      if (expires === undefined) return []
      const left = Math.floor((parseTime(expires)! - now) / DAY)
      if (left < 0) return [fail(`it expired ${expires}`, { code: 'root_expired' })]
      const text = `it expires ${expires}, in ${count(left, 'day')}`
      return [left < SOON_DAYS ? warn(text, { code: 'root_expires_soon' }) : ok(text)]
    },
  },
  {
    name: 'people',
    cure: 'Edit people.yaml and ensign.yaml, or the root: `ensign root show --edit`, `root propose --from`.',
    look({ root, workspace, place }) {
      const payload = read(root)?.payload
      if (payload === undefined || workspace === undefined) return []
      const verdicts: Verdict[] = []
      const own = new Set(payload.environments.map(({ name }) => name))
      for (const name of place.environments) {
        if (!own.has(name))
          verdicts.push(fail(`ensign.yaml has ${name}, and the root does not`, { code: 'unknown_environment' }))
      }
      for (const name of own) {
        if (!place.environments.includes(name)) verdicts.push(warn(`the root has ${name}, and ensign.yaml does not`))
      }
      const listed = workspace.people?.content.people ?? []
      const known = new Set(payload.people.map(({ id }) => id))
      for (const { id } of listed)
        if (!known.has(id)) verdicts.push(warn(`${id} is in people.yaml and not in the root`))
      for (const { id, machine } of payload.people) {
        if (!machine && listed.length > 0 && !listed.some(one => one.id === id)) {
          verdicts.push(warn(`${id} is in the root and not in people.yaml`))
        }
      }
      return verdicts.length > 0 ? verdicts : [ok('people.yaml and ensign.yaml name whom and what the root names')]
    },
  },
  {
    name: 'policy',
    cure: 'Put it into the root: `ensign root propose`, `root sign`, `root publish`; or take the edit back.',
    look({ root, workspace }) {
      const payload = read(root)?.payload
      if (payload === undefined || workspace === undefined) return []
      const policy = policyOf(workspace)
      const digest = policy === undefined ? null : printPolicy(policy).digest
      if (digest === payload.policy)
        return [ok(digest === null ? 'there is none' : 'policy.yaml and the grants are what the root names')]
      return [warn('policy.yaml and the grants of people.yaml are not what the root names; what it names counts')]
    },
  },
]
