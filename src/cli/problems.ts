import type { Json } from '../base/json.ts'
import type { Problem } from '../publisher/workspace/problem.ts'
import type { Call, Result } from './command.ts'
import { count, printProblem } from './print.ts'

/** Problems one below the other, then how many there are. */
export function problemSummary(call: Call, problems: readonly Problem[], flags: number): Result {
  const errors = problems.filter(problem => problem.level === 'error').length
  const warnings = problems.length - errors
  const counted = [errors > 0 ? count(errors, 'error') : '', warnings > 0 ? count(warnings, 'warning') : '']
  const verdict = problems.length === 0 ? 'no problems' : counted.filter(text => text !== '').join(', ')
  return {
    exit: errors > 0 || (warnings > 0 && call.has('strict')) ? 1 : 0,
    json: { flags, errors, warnings, problems: problems as unknown as Json },
    text: [
      ...problems.map(problem => `${printProblem(problem, call.paint)}\n`),
      `${count(flags, 'flag')}, ${verdict}`,
    ].join('\n'),
  }
}
