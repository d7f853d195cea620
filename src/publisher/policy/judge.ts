import { RE2JS } from 're2js'
import { formatTime } from '../../base/time.ts'
import { covers, holdsRole, whoHolds, whoMay } from './presets.ts'
import type {
  ApprovalRule,
  ChangeRequest,
  JudgedApproval,
  JudgedChange,
  Permission,
  Policy,
  Refusal,
  Stage,
} from './types.ts'
import { isOpen, nextOpening } from './windows.ts'

/** One rule of change: its refusals, none where it is kept. */
type Judge = (policy: Policy, request: ChangeRequest) => Refusal[]

const HOUR = 3600_000

const permissions: Judge = (policy, { environment, at, author, changes }) => {
  const first = new Map<Permission, string>()
  for (const { permission, flag } of changes) if (!first.has(permission)) first.set(permission, flag)
  return [...first].flatMap(([permission, flag]) => {
    const who = whoMay(policy, permission, environment, at)
    if (who.includes(author)) return []
    return [
      {
        rule: 'grants',
        what: `${author} has no role that may ${permission} flags in ${environment} (${flag})`,
        who,
        how: `let one of them propose it, or have the policy grant ${author} such a role`,
      },
    ]
  })
}

const resuming: Judge = (policy, { environment, at, author, resumes }) => {
  const who = whoMay(policy, 'resume', environment, at)
  if (!resumes || who.includes(author)) return []
  const what = `${author} has no role that may lift stops in ${environment}`
  return [{ rule: 'grants', what, who, how: 'let one of them propose the release that lifts the stop' }]
}

const tickets: Judge = (policy, request) =>
  policy.tickets.flatMap((rule, i) => {
    if (!covers(rule.environments, request.environment) || !atRisk(rule.risk, request.changes)) return []
    const form = RE2JS.compile(rule.pattern)
    if (request.tickets.every(ticket => ticket !== null && form.matches(ticket))) return []
    const none = request.tickets.some(ticket => ticket === null)
    const what = none ? 'a change without a ticket' : 'a ticket that is not of the form asked for'
    return [
      { rule: `tickets/${i}`, what, who: [request.author], how: `propose with --ticket matching ${rule.pattern}` },
    ]
  })

/** Someone with the emergency permission may act outside of windows and at one step, and then an incident has to be linked. */
function isEmergency(policy: Policy, { environment, at, author, incident }: ChangeRequest): boolean {
  return incident !== null && whoMay(policy, 'emergency', environment, at).includes(author)
}

const windows: Judge = (policy, request) => {
  const { environment, at } = request
  const mine = policy.windows.filter(window => covers(window.environments, environment))
  if (mine.length === 0 || mine.some(window => isOpen(window, at)) || isEmergency(policy, request)) return []
  const next = nextOpening(mine, at)
  const wait = next === undefined ? 'no window opens within two weeks' : `publish with --at ${formatTime(next)}`
  return [
    {
      rule: 'windows',
      what: `${formatTime(at)} is outside the change windows of ${environment}`,
      who: whoMay(policy, 'emergency', environment, at),
      how: `${wait}, or let one of them propose it with --incident`,
    },
  ]
}

const freezes: Judge = (policy, request) =>
  policy.freezes.flatMap((freeze, i) => {
    const frozen = request.at >= Date.parse(freeze.from) && request.at < Date.parse(freeze.until)
    if (!covers(freeze.environments, request.environment) || !frozen || isEmergency(policy, request)) return []
    return [
      {
        rule: `freezes/${i}`,
        what: `${request.environment} is frozen until ${freeze.until}: ${freeze.why}`,
        who: whoMay(policy, 'emergency', request.environment, request.at),
        how: 'publish after that, or let one of them propose it with --incident',
      },
    ]
  })

const steps: Judge = (policy, request) =>
  policy.steps.flatMap((rule, i) => {
    if (!covers(rule.environments, request.environment) || isEmergency(policy, request)) return []
    const { author, environment, at } = request
    return request.changes
      .filter(change => covers(rule.risk, change.risk) && change.step > rule.percent)
      .map(({ flag, step }) => ({
        rule: `steps/${i}`,
        what: `${flag} moves ${step} % at once, and ${rule.percent} % is the most`,
        who: [...new Set([author, ...whoMay(policy, 'emergency', environment, at)])],
        how: 'propose smaller steps, one after the other or as a ramp; whoever may act in an emergency, with --incident',
      }))
  })

const order: Judge = (policy, { environment, at, changes, author }) =>
  policy.order.flatMap((rule, i) => {
    if (rule.environment !== environment) return []
    return changes.flatMap(({ flag, permission, ripe }) => {
      if (permission === 'delete' || permission === 'archive') return []
      if (flag.startsWith('segments/')) return []
      const since = ripe(rule.after)
      if (since !== undefined && at - since >= rule.hours * HOUR) return []
      const what =
        since === undefined
          ? `${flag} has not been in ${rule.after} in this form`
          : `${flag} has been in ${rule.after} since ${formatTime(since)}, less than ${rule.hours} h`
      const how =
        since === undefined
          ? `publish it in ${rule.after} first`
          : `publish with --at ${formatTime(since + rule.hours * HOUR + 999)}`
      return [{ rule: `order/${i}`, what, who: [author], how }]
    })
  })

const tests: Judge = (policy, request) =>
  policy.tests.flatMap((rule, i) => {
    if (!covers(rule.environments, request.environment)) return []
    const mine = request.changes.filter(({ permission, risk }) => permission !== 'delete' && covers(rule.risk, risk))
    const bare = [...new Set(mine.filter(({ flag }) => !request.tested(flag)).map(({ flag }) => flag))]
    const how = 'write tests/*.spec.yaml for them, and propose again'
    const refusals: Refusal[] = []
    if (mine.length > 0 && !request.testsPassed) {
      refusals.push({ rule: `tests/${i}`, what: 'the flag tests did not pass', who: [request.author], how })
    }
    if (bare.length > 0) {
      refusals.push({ rule: `tests/${i}`, what: `no test names ${bare.join(', ')}`, who: [request.author], how })
    }
    return refusals
  })

const approvals: Judge = (policy, request) =>
  policy.approvals.flatMap((rule, i) => {
    const { environment, at } = request
    if (!covers(rule.environments, environment) || !atRisk(rule.risk, request.changes)) return []
    const may = whoMay(policy, 'approve', environment, at).filter(person => person !== request.author)
    const given = request.approvals.filter(({ person }) => may.includes(person))
    return [...countOf(rule, i, given, may), ...stagesOf(policy, rule, i, given, may, request)]
  })

function countOf(rule: ApprovalRule, i: number, given: readonly JudgedApproval[], may: readonly string[]): Refusal[] {
  const people = new Set(given.map(({ person }) => person))
  if (people.size >= rule.count) return []
  return [
    {
      rule: `approvals/${i}`,
      what: `${rule.count === 1 ? '1 approval is' : `${rule.count} approvals are`} asked for, and ${people.size} given`,
      who: may.filter(person => !people.has(person)),
      how: 'one of them reviews and approves it',
    },
  ]
}

function stagesOf(
  policy: Policy,
  rule: ApprovalRule,
  i: number,
  given: readonly JudgedApproval[],
  may: readonly string[],
  { environment, at }: ChangeRequest,
): Refusal[] {
  const { stages } = rule
  const holds = (person: string, stage: Stage) => holdsRole(policy, person, stage.role, environment, at)
  const done = completeStages(stages, given, holds)
  const next = stages[done]
  if (next === undefined) return []
  return [
    {
      rule: `approvals/${i}/stages/${done}`,
      what: `stage ${next.name} asks for ${next.count} of role ${next.role}, after the stages before it`,
      who: whoHolds(policy, next.role, environment, at).filter(person => may.includes(person)),
      how: 'one of them reviews and approves it, in the order of the stages',
    },
  ]
}

/**
 * How many stages from the first are complete, each by people of its own and none begun before the one before it
 * ended. Choosing the wrong person for a stage could use up another's, so choices are tried.
 */
export function completeStages(
  stages: readonly Stage[],
  given: readonly JudgedApproval[],
  holds: (person: string, stage: Stage) => boolean,
): number {
  const sorted = [...given].sort((a, b) => a.at - b.at)
  let most = 0
  const fill = (stage: number, missing: number, from: number, next: number, used: ReadonlySet<string>): boolean => {
    if (missing === 0) {
      most = Math.max(most, stage + 1)
      const following = stages[stage + 1]
      return following === undefined || fill(stage + 1, following.count, next, next, used)
    }
    for (const { person, at } of sorted) {
      if (at < from || used.has(person) || !holds(person, stages[stage]!)) continue
      if (fill(stage, missing - 1, from, Math.max(next, at), new Set([...used, person]))) return true
    }
    return false
  }
  if (stages[0] !== undefined) fill(0, stages[0].count, 0, 0, new Set())
  return most
}

function atRisk(risk: readonly string[] | null, changes: readonly JudgedChange[]): boolean {
  return risk === null || changes.some(change => risk.includes(change.risk))
}

/** What the author can be told before anyone has approved, and what only holds when it takes effect. */
const WHEN_PROPOSED: readonly Judge[] = [permissions, resuming, tickets, steps, tests]
const WHEN_PUBLISHED: readonly Judge[] = [...WHEN_PROPOSED, order, approvals, windows, freezes]

export function judgeProposal(policy: Policy, request: ChangeRequest): Refusal[] {
  return WHEN_PROPOSED.flatMap(judge => judge(policy, request))
}

export function judgeRelease(policy: Policy, request: ChangeRequest): Refusal[] {
  return WHEN_PUBLISHED.flatMap(judge => judge(policy, request))
}

/** A stop takes one person and no window: only the permission is looked at. */
export function judgeStop(policy: Policy, environment: string, person: string, at: number): Refusal[] {
  const who = whoMay(policy, 'stop', environment, at)
  if (who.includes(person)) return []
  const what = `${person} has no role that may stop flags in ${environment}`
  return [{ rule: 'grants', what, who, how: 'let one of them stop it' }]
}
