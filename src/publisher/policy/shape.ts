import { RE2JS } from 're2js'
import { EnsignError } from '../../base/errors.ts'
import { parseCanonical } from '../../base/json.ts'
import { MAX_POLICY } from '../../base/limits.ts'
import { digestOf } from '../../trust/digest.ts'
import * as is from '../../trust/shape.ts'
import { RISKS } from '../workspace/types.ts'
import type {
  ApprovalRule,
  FreezeRule,
  Grant,
  OrderRule,
  Policy,
  Role,
  StepRule,
  TestRule,
  TicketRule,
  WindowRule,
} from './types.ts'
import { DAYS, PERMISSIONS } from './types.ts'

const MANY = 10_000

const oneOf = <T extends string>(words: readonly T[]) => is.text(new RegExp(`^(?:${words.join('|')})$`)) as is.Shape<T>
const name = is.text(/^[a-z0-9][a-z0-9-]{0,62}$/)
const clock = is.text(/^(?:[01]\d|2[0-3]):[0-5]\d$/)
const environments = is.nullable(is.array(is.id, 1, MANY))
const risk = is.nullable(is.array(oneOf(RISKS), 1, RISKS.length))
const list = <T>(shape: is.Shape<T>) => is.array(shape, 0, MANY)

const zone: is.Shape<string> = (value, at) => {
  const text = is.text(/^[A-Za-z0-9_+/-]{1,64}$/)(value, at)
  if (!isZone(text)) throw new EnsignError('schema', 'no time zone of this name', { at })
  return text
}

const pattern: is.Shape<string> = (value, at) => {
  const text = is.text(/^[\s\S]{1,200}$/)(value, at)
  if (!isPattern(text)) throw new EnsignError('schema', 'no regular expression', { at })
  return text
}

export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: name })
    return true
  } catch {
    return false
  }
}

export function isPattern(text: string): boolean {
  try {
    RE2JS.compile(text)
    return true
  } catch {
    return false
  }
}

export const policyShape = is.object<Policy>({
  roles: list(is.object<Role>({ name, may: list(oneOf(PERMISSIONS)), environments })),
  grants: list(is.object<Grant>({ person: is.id, role: name, environments, until: is.nullable(is.time) })),
  approvals: list(
    is.object<ApprovalRule>({
      environments,
      risk,
      count: is.integer(1, 10),
      stages: is.array(is.object({ name, role: name, count: is.integer(1, 10) }), 0, 10),
    }),
  ),
  tickets: list(is.object<TicketRule>({ environments, risk, pattern })),
  windows: list(
    is.object<WindowRule>({ environments, zone, days: is.array(oneOf(DAYS), 1, 7), from: clock, until: clock }),
  ),
  freezes: list(
    is.object<FreezeRule>({ environments, from: is.time, until: is.time, why: is.text(/^[\s\S]{1,500}$/) }),
  ),
  order: list(is.object<OrderRule>({ environment: is.id, after: is.id, hours: is.integer(0, 24 * 366) })),
  steps: list(is.object<StepRule>({ environments, risk, percent: is.integer(1, 100) })),
  tests: list(is.object<TestRule>({ environments, risk })),
  ratifyHours: is.integer(1, 24 * 366),
})

/** `policies/{digest}.json`, whose digest the root names. */
export function readPolicy(bytes: Uint8Array, digest: string): Policy {
  const at = `policies/${digest}.json`
  if (digestOf(bytes) !== digest) throw new EnsignError('policy_digest', 'not the policy that the root names', { at })
  return policyShape(parseCanonical(bytes, MAX_POLICY, at), at)
}
