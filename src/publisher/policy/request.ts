import type { ReleasePayload } from '../../bundle/types.ts'
import type { Signed } from '../../trust/types.ts'
import type { Change } from '../diff/types.ts'
import type { CheckedManifest } from '../manifest/check.ts'
import type { PlainRules } from '../rules.ts'
import { type RiskOf, riskFinder } from './risk.ts'
import type { ChangeRequest, JudgedApproval, JudgedChange } from './types.ts'

export interface JudgedRelease extends CheckedManifest {
  readonly release: ReleasePayload
  readonly signed: readonly Signed[]
  readonly before: PlainRules
  readonly after: PlainRules
  /** When it takes effect, or did. */
  readonly at: number
}

/** Since when a flag as it will be stands in another environment, by that environment and the flag's key. */
export type Ripe = (environment: string, flag: string) => number | undefined

/**
 * What the rules of change look at, taken from what was verified or computed and, for links and tests, from the author.
 * `riskOf`: of the same rules, where the caller has it already.
 */
export function requestOf(
  judged: JudgedRelease,
  ripe: Ripe,
  riskOf: RiskOf = riskFinder(judged.before, judged.after),
): ChangeRequest {
  const { release, manifest, analysis, after, at } = judged
  const moved = new Map<string, number>()
  for (const { flag_key, moved: share } of [...analysis.impact, ...analysis.transitions]) {
    moved.set(flag_key, Math.max(moved.get(flag_key) ?? 0, Number(share)))
  }
  const changes = analysis.changes.map(
    (change): JudgedChange => ({
      permission: change.action,
      flag: change.flag_key,
      risk: riskOf(change.flag_key),
      step: isStep(change, after) ? (moved.get(change.flag_key) ?? 0) : 0,
      ripe: environment => ripe(environment, change.flag_key),
    }),
  )
  const links = manifest.events.map(event => event.linked_artifacts)
  const incidents = links.map(({ incident }) => incident)
  const { tests } = manifest.checks
  const tested = new Set(tests.flags)
  return {
    environment: release.environment,
    at,
    author: release.author,
    approvals: approvalsOf(judged),
    changes,
    tickets: links.map(({ ticket }) => ticket),
    incident: incidents.every(incident => incident !== null) ? (incidents[0] ?? null) : null,
    testsPassed: tests.failed === 0,
    tested: flag => flag.startsWith('segments/') || tested.has(flag),
    resumes: manifest.events.some(({ action }) => action === 'resume'),
  }
}

/** Nobody meets a new flag yet, and what only turns something off may always be done in one step. */
function isStep({ action, flag_key }: Change, after: PlainRules): boolean {
  if (action === 'create' || action === 'archive' || action === 'delete') return false
  return flag_key.startsWith('segments/') || after.flags[flag_key]?.on === true
}

/** One for each person, at the time of the first signature. */
function approvalsOf({ release, signed }: JudgedRelease): JudgedApproval[] {
  const first = new Map<string, number>()
  for (const { person, iat } of signed) {
    if (person !== release.author) first.set(person, Math.min(first.get(person) ?? iat, iat))
  }
  return [...first].map(([person, iat]) => ({ person, at: iat * 1000 }))
}
