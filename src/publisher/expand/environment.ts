import { EnsignError } from '../../base/errors.ts'
import type { Secret } from '../../rules/sealed.ts'
import type { Flag, Segment } from '../../rules/types.ts'
import { standInFor } from '../engine.ts'
import type { Path, Problem } from '../workspace/problem.ts'
import { didYouMean } from '../workspace/suggest.ts'
import type { FileOf, Workspace } from '../workspace/types.ts'
import { expandFlag } from './flag.ts'
import { reportFor } from './report.ts'
import type { ConditionScope } from './scope.ts'
import { expandSegment } from './segment.ts'
import type { ExpandOptions, Expansion } from './types.ts'

/** The plain rules of one environment: a pure function of the files and the secrets. */
export function expandEnvironment(workspace: Workspace, environment: string, options: ExpandOptions = {}): Expansion {
  const { environments } = workspace.project.content
  if (!environments.includes(environment)) {
    throw new EnsignError('no_environment', `there is no environment "${environment}"`, {
      cure: didYouMean(environment, environments, `It is one of ${environments.join(', ')}.`),
    })
  }
  const problems: Problem[] = []
  const secretOf = (name: string): Secret | undefined =>
    options.secrets?.[name] ?? (options.standIns === true ? standInFor(name) : undefined)
  const scopeOf = (file: FileOf<unknown>): ConditionScope => ({
    workspace,
    environment,
    secretOf,
    report: reportFor(file.file, file.text, problems),
  })
  // Keys such as `constructor` are ordinary names.
  const flags: Record<string, Flag> = Object.create(null)
  const segments: Record<string, Segment> = Object.create(null)
  const origins = new Map<string, ReadonlyMap<string, Path>>()
  for (const [key, file] of workspace.flags) {
    const block = file.content.environments[environment]
    if (block === undefined) continue
    const expanded = expandFlag(scopeOf(file), file.content, block)
    flags[key] = expanded.flag
    origins.set(key, expanded.origins)
  }
  for (const [key, file] of workspace.segments) segments[key] = expandSegment(scopeOf(file), file.content)
  return { environment, rules: { flags, segments }, problems, origins }
}
