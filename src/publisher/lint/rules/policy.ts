import { PRESET_NAMES } from '../../policy/presets.ts'
import { isPattern, isZone } from '../../policy/shape.ts'
import type { Path } from '../../workspace/problem.ts'
import { didYouMean } from '../../workspace/suggest.ts'
import type { PolicyFile, Workspace } from '../../workspace/types.ts'
import type { LintRule } from '../types.ts'

/** A name in policy.yaml or people.yaml, and where it stands. */
interface Named {
  readonly name: string
  readonly path: Path
}

const SCOPED = ['roles', 'approvals', 'tickets', 'windows', 'freezes', 'steps', 'tests'] as const

function environmentsIn(policy: PolicyFile): Named[] {
  const scoped = SCOPED.flatMap(member =>
    (policy[member] ?? []).flatMap(({ environments = [] }, i) =>
      environments.map((name, j) => ({ name, path: [member, i, 'environments', j] })),
    ),
  )
  const ordered = (policy.order ?? []).flatMap(({ environment, after }, i) => [
    { name: environment, path: ['order', i, 'environment'] },
    { name: after, path: ['order', i, 'after'] },
  ])
  return [...scoped, ...ordered]
}

const rolesIn = (policy: PolicyFile): Named[] =>
  (policy.approvals ?? []).flatMap(({ stages = [] }, i) =>
    stages.map(({ role }, j) => ({ name: role, path: ['approvals', i, 'stages', j, 'role'] })),
  )

const grantsOf = (workspace: Workspace) => workspace.people?.content.grants ?? []

export const POLICY: readonly LintRule[] = [
  {
    code: 'policy_names',
    level: 'error',
    cause: 'policy.yaml or people.yaml names an environment, a role or a person that nothing else knows.',
    cure: 'Correct the name, or add what it names.',
    check({ workspace }, tell) {
      const { policy, people, project } = workspace
      const roles = [...PRESET_NAMES, ...(policy?.content.roles ?? []).map(({ name }) => name)]
      const { environments } = project.content
      const persons = (people?.content.people ?? []).map(({ id }) => id)
      const telling = (file: typeof policy | typeof people, what: string, known: readonly string[]) => {
        return ({ name, path }: Named) => {
          if (file === undefined || known.includes(name)) return
          tell(
            file,
            path,
            `there is no ${what} "${name}"`,
            didYouMean(name, known, `It is one of ${known.join(', ')}.`),
          )
        }
      }
      environmentsIn(policy?.content ?? {}).forEach(telling(policy, 'environment', environments))
      rolesIn(policy?.content ?? {}).forEach(telling(policy, 'role', roles))
      for (const [i, grant] of grantsOf(workspace).entries()) {
        telling(people, 'person', persons)({ name: grant.person, path: ['grants', i, 'person'] })
        telling(people, 'role', roles)({ name: grant.role, path: ['grants', i, 'role'] })
        for (const [j, name] of (grant.environments ?? []).entries()) {
          telling(people, 'environment', environments)({ name, path: ['grants', i, 'environments', j] })
        }
      }
    },
  },
  {
    code: 'policy_value',
    level: 'error',
    cause: 'A time zone, a pattern or a span of time in policy.yaml is none.',
    cure: 'Take an IANA time zone, RE2 syntax, and an end after the beginning.',
    check({ workspace: { policy } }, tell) {
      if (policy === undefined) return
      const { windows = [], tickets = [], freezes = [] } = policy.content
      for (const [i, { zone }] of windows.entries()) {
        if (!isZone(zone)) tell(policy, ['windows', i, 'zone'], `there is no time zone "${zone}"`)
      }
      for (const [i, { pattern }] of tickets.entries()) {
        if (!isPattern(pattern)) tell(policy, ['tickets', i, 'pattern'], 'this is no regular expression of RE2')
      }
      for (const [i, { from, until }] of freezes.entries()) {
        if (until <= from) tell(policy, ['freezes', i, 'until'], `the freeze ends ${until}, before it begins`)
      }
    },
  },
  {
    code: 'grant_ended',
    level: 'warning',
    cause: 'A grant in people.yaml is over, and gives nothing any more.',
    cure: 'Remove it, or give it a later end; then `ensign root propose`.',
    check({ workspace, now }, tell) {
      for (const [i, { person, role, until }] of grantsOf(workspace).entries()) {
        if (until === undefined || now < Date.parse(until)) continue
        tell(workspace.people!, ['grants', i, 'until'], `${person} was ${role} until ${until}`)
      }
    },
  },
]
