import type { LintRule } from '../types.ts'

export const STOPS: readonly LintRule[] = [
  {
    code: 'stop_not_ratified',
    level: 'warning',
    cause:
      'A flag has been stopped for longer than `ratifyHours` of the policy, and no release has dealt with the stop.',
    cure: 'Publish a release that does: `ensign resume`; with a change that turns the flag off where it shall stay off.',
    check({ workspace, overdue }, tell) {
      for (const { environment, flags, what } of overdue) {
        const files = flags.flatMap(flag => workspace.flags.get(flag) ?? [])
        for (const file of files) tell(file, ['key'], `${environment}: ${what}`)
        if (files.length === 0) tell(workspace.project, ['environments'], `${environment}: ${what}`)
      }
    },
  },
]
