import { EnsignError } from '../../base/errors.ts'
import type { Secret } from '../../rules/sealed.ts'
import type { Flag, Segment } from '../../rules/types.ts'
import { standInFor } from '../engine.ts'
import { flagsBehind } from '../reads.ts'
import type { Problem } from '../workspace/problem.ts'
import { didYouMean } from '../workspace/suggest.ts'
import type { FileOf, FlagFile, Workspace } from '../workspace/types.ts'
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
  const scopeOf = (file: FileOf<unknown>, into: Problem[]): ConditionScope => ({
    workspace,
    environment,
    secretOf,
    report: reportFor(file.file, file.text, into),
  })
  const expanded = (file: FileOf<FlagFile>, into: Problem[]) => {
    const block = file.content.environments[environment]
    return block === undefined ? undefined : expandFlag(scopeOf(file, into), file.content, block)
  }
  // Keys such as `constructor` are ordinary names.
  const flags: Record<string, Flag> = Object.create(null)
  const segments: Record<string, Segment> = Object.create(null)
  const ofSegments: Problem[] = []
  for (const [key, file] of workspace.segments) segments[key] = expandSegment(scopeOf(file, ofSegments), file.content)
  // What an expanded flag reads is added behind, and so comes up as well.
  const keys = new Set(options.only ?? workspace.flags.keys())
  for (const key of keys) {
    const file = workspace.flags.get(key)
    const found = file && expanded(file, problems)
    if (found === undefined) continue
    flags[key] = found.flag
    if (options.only !== undefined) for (const read of flagsBehind({ flags, segments }, found.flag)) keys.add(read)
  }
  return {
    environment,
    rules: { flags, segments },
    problems: [...problems, ...ofSegments],
    // Found by expanding the flag again: it is asked of few, and kept for all it would take a third of the memory.
    originOf(key, rule) {
      const file = workspace.flags.get(key)
      return file && expanded(file, [])?.origins.get(rule)
    },
  }
}
