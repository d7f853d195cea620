import type { Grant, Permission, Policy, Role } from './types.ts'

const CHANGES: readonly Permission[] = ['create', 'toggle', 'target', 'rollout', 'value', 'archive', 'describe']

const preset = (name: string, ...may: Permission[]): Role => ({ name, may, environments: null })

/** Roles that every policy has. One of the same name in the policy replaces it. */
const PRESETS: readonly Role[] = [
  preset('owner', ...CHANGES, 'delete', 'approve', 'stop', 'resume', 'export', 'emergency'),
  preset('project-admin', ...CHANGES, 'delete', 'approve', 'stop', 'resume', 'export'),
  preset('release-manager', 'toggle', 'target', 'rollout', 'describe', 'approve', 'stop', 'resume', 'emergency'),
  preset('developer', ...CHANGES),
  preset('viewer'),
  preset('flag-admin', ...CHANGES, 'delete', 'stop'),
  preset('release-engineer', 'toggle', 'rollout', 'describe', 'stop', 'resume'),
  preset('qa', 'toggle', 'target', 'value', 'describe'),
  preset('auditor', 'export'),
  preset('service', ...CHANGES),
]

export const PRESET_NAMES: readonly string[] = PRESETS.map(({ name }) => name)

function rolesOf(policy: Policy): ReadonlyMap<string, Role> {
  return new Map([...PRESETS, ...policy.roles].map(role => [role.name, role]))
}

export function covers(scope: readonly string[] | null, name: string): boolean {
  return scope === null || scope.includes(name)
}

/** A grant that counts in this environment at this time. */
function counts(grant: Grant, environment: string, at: number): boolean {
  return covers(grant.environments, environment) && (grant.until === null || at < Date.parse(grant.until))
}

export function holdsRole(policy: Policy, person: string, role: string, environment: string, at: number): boolean {
  const found = rolesOf(policy).get(role)
  return (
    found !== undefined &&
    covers(found.environments, environment) &&
    policy.grants.some(grant => grant.person === person && grant.role === role && counts(grant, environment, at))
  )
}

/** Everyone who may do this here at this time, ascending. */
export function whoMay(policy: Policy, permission: Permission, environment: string, at: number): string[] {
  const roles = rolesOf(policy)
  const people = policy.grants
    .filter(grant => counts(grant, environment, at))
    .filter(grant => {
      const role = roles.get(grant.role)
      return role?.may.includes(permission) && covers(role.environments, environment)
    })
    .map(grant => grant.person)
  return [...new Set(people)].sort()
}

export function whoHolds(policy: Policy, role: string, environment: string, at: number): string[] {
  const people = policy.grants.filter(grant => grant.role === role).map(grant => grant.person)
  return [...new Set(people)].filter(person => holdsRole(policy, person, role, environment, at)).sort()
}
