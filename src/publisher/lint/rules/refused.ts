import { problemsOf } from '../../../rules/load.ts'
import { partsOf } from '../../engine.ts'
import type { LintRule } from '../types.ts'

export const REFUSED: readonly LintRule[] = [
  {
    code: 'refused',
    level: 'error',
    cause: 'The engine would answer ERROR for the flag or segment.',
    cure: 'Change what the message names.',
    check({ workspace, expansions }, tell) {
      for (const [environment, { rules }] of expansions) {
        for (const part of partsOf(rules)) {
          for (const { code, at, what } of problemsOf(part)) {
            const [, kind, key = ''] = at.split('/')
            const file = (kind === 'segments' ? workspace.segments : workspace.flags).get(key)
            if (file !== undefined) tell(file, ['key'], `${key} in ${environment}: ${what} (${code})`)
          }
        }
      }
    },
  },
]
