import { lintWorkspace } from '../../publisher/lint/lint.ts'
import type { Problem } from '../../publisher/workspace/problem.ts'
import { readWorkspace } from '../../publisher/workspace/read.ts'
import type { Command } from '../command.ts'
import { COMPARED, type Compared, comparedOf, isCompared, rulesOf } from '../inforce.ts'
import { NOW } from '../options.ts'
import { problemSummary } from '../problems.ts'
import { nowOf, secretsOf, workspaceFolder } from '../workspace.ts'

export const lint: Command = {
  name: 'lint',
  topic: 'workspace',
  summary: 'check every file of the workspace',
  about:
    'Reads all files, expands all environments and applies every lint rule. All problems are told at once, each with its\nplace, a stable code and the cure. The codes are in docs/reference/lint.md.',
  options: [{ flags: '--strict', about: 'end with 1 on warnings too' }, ...COMPARED, NOW],
  examples: [
    { command: 'ensign lint', shows: 'check the workspace that you are in' },
    { command: 'ensign lint --against ../main', shows: 'also tell who would be dealt out anew' },
    {
      command: 'ensign lint --store store',
      shows: 'also hold it against what is in force, and tell of forgotten stops',
    },
  ],
  json: {
    flags: 'number of flags',
    errors: 'number of errors',
    warnings: 'number of warnings',
    problems: 'array of {code, level, what, cure, at: {file, line, column, path}}',
  },
  async run(call) {
    const reading = await readWorkspace(workspaceFolder(call))
    const { workspace } = reading
    let problems: readonly Problem[] = reading.problems
    if (workspace !== undefined && problems.length === 0) {
      call.progress('checking')
      const { environments } = workspace.project.content
      const compared: ReadonlyMap<string, Compared> = isCompared(call)
        ? await comparedOf(call, environments)
        : new Map()
      const inForce = rulesOf(compared)
      const overdue = [...compared.values()].flatMap(one => one.overdue)
      const options = { now: nowOf(call), secrets: secretsOf(call, workspace), inForce, overdue }
      problems = (await lintWorkspace(workspace, options)).problems
    }
    return problemSummary(call, problems, workspace?.flags.size ?? 0)
  },
}
