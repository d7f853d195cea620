import type { Secret } from '../../rules/sealed.ts'
import { expandEnvironment } from '../expand/environment.ts'
import type { Expansion } from '../expand/types.ts'
import type { PlainRules } from '../rules.ts'
import { type Locator, locator } from '../workspace/document.ts'
import type { Problem } from '../workspace/problem.ts'
import { sortProblems } from '../workspace/read.ts'
import type { FileOf, FlagFile, Workspace } from '../workspace/types.ts'
import { comparandsOf } from './comparands.ts'
import { LINT_RULES } from './table.ts'
import type { LintContext, OverdueStop } from './types.ts'

export interface LintOptions {
  /** Milliseconds. */
  readonly now: number
  readonly secrets?: Readonly<Record<string, Secret>>
  /** What is in force, by environment: shows who would be dealt out anew. */
  readonly inForce?: ReadonlyMap<string, PlainRules>
  /** Of what is in force, where it is known. */
  readonly overdue?: readonly OverdueStop[]
  /** Environments that were expanded already, with secrets that are not stand-ins. */
  readonly expansions?: ReadonlyMap<string, Expansion>
}

export interface LintReport {
  readonly problems: readonly Problem[]
  /** By environment, for whoever goes on with them. */
  readonly expansions: ReadonlyMap<string, Expansion>
}

/** Everything that is wrong or doubtful in a workspace that was read; sorted by file and line. */
export async function lintWorkspace(workspace: Workspace, options: LintOptions): Promise<LintReport> {
  const expansions = new Map<string, Expansion>()
  for (const environment of workspace.project.content.environments) {
    const secrets = options.secrets === undefined ? {} : { secrets: options.secrets }
    const known = options.expansions?.get(environment)
    expansions.set(environment, known ?? expandEnvironment(workspace, environment, { ...secrets, standIns: true }))
  }
  const found = [...expansions.values()].flatMap(expansion => expansion.problems)
  const context: LintContext = {
    workspace,
    expansions,
    now: options.now,
    inForce: options.inForce ?? new Map(),
    overdue: options.overdue ?? [],
    comparands: comparandsOf(workspace),
  }
  const locators = new Map<string, Locator>()
  const locatorOf = (file: FileOf<unknown>) => {
    const known = locators.get(file.file) ?? locator(file.file, file.text)
    locators.set(file.file, known)
    return known
  }
  for (const rule of LINT_RULES) {
    await rule.check(context, (file, path, what, cure = rule.cure, key) => {
      if (isAccepted(file.content, rule.code)) return
      found.push({ code: rule.code, level: rule.level, what, cure, at: locatorOf(file).place(path, key ?? 'value') })
    })
  }
  return { problems: sortProblems(once(found)), expansions }
}

function isAccepted(content: unknown, code: string): boolean {
  return ((content as Partial<FlagFile>).accept ?? []).some(one => one.code === code)
}

/** What two environments have in common is told once. */
function once(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>()
  return problems.filter(({ code, what, at }) => {
    const id = `${code} ${at.file} ${at.line} ${at.column} ${what}`
    if (seen.has(id)) return false
    seen.add(id)
    return true
  })
}
