import type { RootEnvironment } from '../../trust/types.ts'
import { covers } from './presets.ts'
import type { RiskOf } from './risk.ts'
import type { Policy } from './types.ts'

/** How many people have to approve: the most that the root, or any rule of change for these flags, asks for. */
export function requiredApprovals(
  policy: Policy | undefined,
  environment: RootEnvironment,
  riskOf: RiskOf,
  keys: readonly string[],
): number {
  const risks = keys.map(riskOf)
  const counts = (policy?.approvals ?? [])
    .filter(rule => covers(rule.environments, environment.name))
    .filter(rule => rule.risk === null || risks.some(risk => covers(rule.risk, risk)))
    .map(rule =>
      Math.max(
        rule.count,
        rule.stages.reduce((sum, stage) => sum + stage.count, 0),
      ),
    )
  return Math.max(environment.approvals, ...counts)
}
