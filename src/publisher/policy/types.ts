import { ACTIONS } from '../diff/types.ts'
import type { Risk } from '../workspace/types.ts'

/** What can be done to the flags of an environment, and who else takes part. */
export const PERMISSIONS = [...ACTIONS, 'approve', 'stop', 'resume', 'export', 'emergency'] as const
export type Permission = (typeof PERMISSIONS)[number]

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Day = (typeof DAYS)[number]

/** `null`: all of them. */
interface Scope {
  readonly environments: readonly string[] | null
}

interface RiskScope extends Scope {
  readonly risk: readonly Risk[] | null
}

export interface Role extends Scope {
  readonly name: string
  readonly may: readonly Permission[]
}

export interface Grant extends Scope {
  readonly person: string
  readonly role: string
  /** `YYYY-MM-DD` or a time; the grant ends as it begins. */
  readonly until: string | null
}

/** One after the other: an approval of a later stage counts only once the earlier stages are complete. */
export interface Stage {
  readonly name: string
  readonly role: string
  readonly count: number
}

export interface ApprovalRule extends RiskScope {
  readonly count: number
  readonly stages: readonly Stage[]
}

export interface TicketRule extends RiskScope {
  /** Matches the whole ticket. */
  readonly pattern: string
}

export interface WindowRule extends Scope {
  /** IANA name, e.g. Europe/Amsterdam. */
  readonly zone: string
  readonly days: readonly Day[]
  /** `HH:MM` in that zone; `until` is exclusive, and before `from` it means the next day. */
  readonly from: string
  readonly until: string
}

export interface FreezeRule extends Scope {
  readonly from: string
  readonly until: string
  readonly why: string
}

export interface OrderRule {
  readonly environment: string
  readonly after: string
  readonly hours: number
}

export interface StepRule extends RiskScope {
  /** Per cent of a flag's bucket space that may change variant at once. */
  readonly percent: number
}

/** Flags in this scope need tests that pass. */
export type TestRule = RiskScope

/** The rules of change, as data. Its digest is in the root, so changing it takes the root's quorum. */
export interface Policy {
  readonly roles: readonly Role[]
  readonly grants: readonly Grant[]
  readonly approvals: readonly ApprovalRule[]
  readonly tickets: readonly TicketRule[]
  readonly windows: readonly WindowRule[]
  readonly freezes: readonly FreezeRule[]
  readonly order: readonly OrderRule[]
  readonly steps: readonly StepRule[]
  readonly tests: readonly TestRule[]
  /** How long a stop may stand before a release has dealt with it. */
  readonly ratifyHours: number
}

/** One thing that a release does to one flag, as it follows from the rules before and after. */
export interface JudgedChange {
  readonly permission: Permission
  readonly flag: string
  /** The higher of before and after, so that nobody lowers it in the same breath. */
  readonly risk: Risk
  /** Per cent of an audience that changes its variant at once: now, or at any later step of a ramp. */
  readonly step: number
  /** Since when the flag as it will be stands in an earlier environment; undefined where it does not. */
  readonly ripe: (environment: string) => number | undefined
}

export interface JudgedApproval {
  readonly person: string
  /** Milliseconds; the signer's own word. */
  readonly at: number
}

/** All that the rules of change look at. */
export interface ChangeRequest {
  readonly environment: string
  /** When it would take effect, or did. */
  readonly at: number
  readonly author: string
  readonly approvals: readonly JudgedApproval[]
  readonly changes: readonly JudgedChange[]
  /** Of each change. */
  readonly tickets: readonly (string | null)[]
  /** Null unless every change is linked to one. */
  readonly incident: string | null
  readonly testsPassed: boolean
  /** Flags that a test names. */
  readonly tested: (flag: string) => boolean
  readonly resumes: boolean
}

/** Which rule says no, and the way to a yes. */
export interface Refusal {
  /** A pointer into the policy: `approvals/0`, `grants`. */
  readonly rule: string
  readonly what: string
  /** Ids of people. */
  readonly who: readonly string[]
  readonly how: string
}
