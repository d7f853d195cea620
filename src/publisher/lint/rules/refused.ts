import { lookInto } from '../../../rules/loaded.ts'
import { problemOf } from '../../../rules/problems.ts'
import type { LintRule } from '../types.ts'

const KINDS = ['segments', 'flags'] as const

export const REFUSED: readonly LintRule[] = [
  {
    code: 'refused',
    level: 'error',
    cause: 'The engine would answer ERROR for the flag or segment.',
    cure: 'Change what the message names.',
    check({ workspace, expansions }, tell) {
      for (const [environment, { rules }] of expansions) {
        for (const kind of KINDS) {
          for (const [key, rule] of Object.entries(rules[kind])) {
            const file = workspace[kind].get(key)
            if (file === undefined) continue
            for (const { code, what } of lookInto(kind, key, rule).flaws.map(problemOf)) {
              tell(file, ['key'], `${key} in ${environment}: ${what} (${code})`)
            }
          }
        }
      }
    },
  },
]
