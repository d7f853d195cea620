import { canonicalBytes, isObject, type Json } from '../../base/json.ts'
import { parseTime } from '../../base/time.ts'
import { digestOf } from '../../trust/digest.ts'
import type { Workspace } from '../workspace/types.ts'
import { policyShape } from './shape.ts'
import type { Policy } from './types.ts'

/** Where a file leaves a member out. */
const SCOPED: Readonly<Record<string, Json>> = { environments: null }
const RISKY: Readonly<Record<string, Json>> = { environments: null, risk: null }
const DEFAULTS: Readonly<Record<string, Readonly<Record<string, Json>>>> = {
  roles: SCOPED,
  approvals: { ...RISKY, stages: [] },
  tickets: RISKY,
  windows: { ...SCOPED, days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] },
  freezes: SCOPED,
  order: {},
  steps: RISKY,
  tests: RISKY,
}

/**
 * The rules of change of a workspace in the form that is published: `policy.yaml` with all defaults written out, and
 * the grants of `people.yaml`. Without a policy.yaml there is none, and the root alone says who may do what.
 */
export function policyOf(workspace: Pick<Workspace, 'people' | 'policy'>): Policy | undefined {
  if (workspace.policy === undefined) return undefined
  const { ratifyHours = 24, $schema: _, ...rules } = workspace.policy.content as Readonly<Record<string, Json>>
  const full: Record<string, Json> = { ratifyHours, grants: [] }
  for (const [name, defaults] of Object.entries(DEFAULTS)) full[name] = withDefaults(rules[name] ?? [], defaults)
  full.grants = (workspace.people?.content.grants ?? []).map(({ person, role, environments = null, until }) => ({
    person,
    role,
    environments,
    until: until === undefined ? null : timeOf(until),
  }))
  return policyShape(full, workspace.policy.file)
}

function withDefaults(list: Json, defaults: Readonly<Record<string, Json>>): Json {
  return Array.isArray(list) ? list.map(item => (isObject(item) ? { ...defaults, ...item } : item)) : list
}

/** A day ends a grant as the day begins, by UTC. */
function timeOf(until: string): string {
  return parseTime(until) === undefined && /^\d{4}-\d{2}-\d{2}$/.test(until) ? `${until}T00:00:00Z` : until
}

export function printPolicy(policy: Policy): { readonly bytes: Uint8Array; readonly digest: string } {
  const bytes = canonicalBytes(policy as unknown as Json)
  return { bytes, digest: digestOf(bytes) }
}
