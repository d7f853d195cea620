import type { Json } from '../../base/json.ts'
import { diffRules } from '../../publisher/diff/diff.ts'
import { expandEnvironment } from '../../publisher/expand/environment.ts'
import { impactOf } from '../../publisher/impact/impact.ts'
import { futureTransitions } from '../../publisher/impact/transitions.ts'
import { NO_RULES } from '../../publisher/rules.ts'
import type { Command } from '../command.ts'
import { type Difference, differenceMarkdown, differenceText } from '../diff.ts'
import { COMPARED, comparedOf } from '../inforce.ts'
import { ALL } from '../listing.ts'
import { ENVIRONMENT, NOW } from '../options.ts'
import { environmentOf, loadWorkspace, nowOf, refuseProblems, secretsOf } from '../workspace.ts'

export const diff: Command = {
  name: 'diff',
  topic: 'workspace',
  summary: 'show what changes for people, and for how many',
  about:
    'Compares the meaning of the files with what is in force, or with another copy of the workspace. For each flag\nit tells the exact share of the bucket space that changes its variant, for the people whom the change meets most, and the\nleast that the new weights allow.',
  options: [
    ...COMPARED,
    ENVIRONMENT,
    { flags: '--markdown', about: 'print Markdown, for a pull request: always all of it' },
    ALL,
    NOW,
  ],
  examples: [
    { command: 'ensign diff -e production', shows: 'what would change for people' },
    {
      command: 'ensign diff -e production --against ../main --markdown >> pull-request.md',
      shows: 'what a branch changes, as a table',
    },
  ],
  json: {
    environment: 'the environment',
    against: 'what the files are compared with, in words',
    changes: 'array of {action, flag_key, previous_state, new_state, summary}',
    impact:
      'array of {flag_key, moved, minimum, audiences: [{rules, moved, minimum, before, after}], readers}; percent as text',
    transitions: 'array of {flag_key, at, moved, summary}: what will change by itself',
  },
  async run(call) {
    const workspace = await loadWorkspace(call)
    const environment = environmentOf(call, workspace)
    const secrets = secretsOf(call, workspace)
    const after = expandEnvironment(workspace, environment, { secrets, standIns: true })
    refuseProblems(after.problems)
    const before = (await comparedOf(call, [environment])).get(environment)
    call.progress('comparing')
    const now = nowOf(call)
    const old = before?.rules ?? NO_RULES
    const changes = diffRules(old, after.rules)
    const changed = new Set(changes.map(change => change.flag_key))
    const difference: Difference = {
      environment,
      against: before?.base ?? 'nothing: the other copy has no such environment',
      changes,
      impact: impactOf(old, after.rules, now),
      transitions: futureTransitions(after.rules, now).filter(one => changed.has(one.flag_key)),
    }
    return {
      json: difference as unknown as Json,
      text: call.has('markdown')
        ? differenceMarkdown(difference)
        : differenceText(difference, call.paint, call.has('all')),
    }
  },
}
