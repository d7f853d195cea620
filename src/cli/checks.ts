import { EnsignError } from '../base/errors.ts'
import type { Expansion } from '../publisher/expand/types.ts'
import { runFlagTests } from '../publisher/flagtests/run.ts'
import { lintWorkspace } from '../publisher/lint/lint.ts'
import type { Checks } from '../publisher/manifest/types.ts'
import type { PlainRules } from '../publisher/rules.ts'
import type { Problem } from '../publisher/workspace/problem.ts'
import type { Workspace } from '../publisher/workspace/types.ts'
import type { Call } from './command.ts'
import { count, printProblem } from './print.ts'
import { secretsOf } from './workspace.ts'

/**
 * Lint and flag tests, as the audit manifest tells of them. Nothing with an error in it is proposed. `without`: flags
 * whose tests tell nothing of what is proposed.
 */
export async function checksOf(
  call: Call,
  workspace: Workspace,
  environment: string,
  expansion: Expansion,
  inForce: PlainRules,
  without?: ReadonlySet<string>,
): Promise<Checks> {
  const now = call.io.now()
  const secrets = secretsOf(call, workspace)
  refuse(call, expansion.problems)
  call.progress('checking')
  const expansions = new Map([[environment, expansion]])
  const lint = await lintWorkspace(workspace, { now, secrets, inForce: new Map([[environment, inForce]]), expansions })
  const errors = lint.problems.filter(({ level }) => level === 'error')
  refuse(call, errors)
  call.progress('testing')
  const { expansions: all } = lint
  const tests = runFlagTests(workspace, { now, secrets, environments: [environment], expansions: all })
  refuse(call, tests.problems)
  const results = tests.results.filter(({ flag }) => without?.has(flag) !== true)
  const failed = results.filter(({ ok }) => !ok).length
  if (failed > 0) {
    throw new EnsignError('tests_failed', `${count(failed, 'flag test')} failed`, { cure: 'Look at `ensign test`.' })
  }
  return {
    lint: { errors: 0, warnings: lint.problems.length },
    tests: {
      passed: results.length,
      failed: 0,
      flags: [...new Set(results.map(({ flag }) => flag))].sort(),
    },
  }
}

function refuse(call: Call, problems: readonly Problem[]): void {
  const errors = problems.filter(({ level }) => level === 'error')
  if (errors.length === 0) return
  for (const problem of errors) call.note(printProblem(problem, call.paint))
  throw new EnsignError('lint_failed', count(errors.length, 'error'), { cure: 'Look at `ensign lint`.' })
}
