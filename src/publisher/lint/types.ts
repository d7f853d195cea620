import type { Expansion } from '../expand/types.ts'
import type { PlainRules } from '../rules.ts'
import type { Path } from '../workspace/problem.ts'
import type { FileOf, Workspace } from '../workspace/types.ts'
import type { Comparand } from './comparands.ts'

/** A row of the table of lint rules; the reference page is printed from it. */
export interface LintRule {
  readonly code: string
  readonly level: 'error' | 'warning'
  readonly cause: string
  readonly cure: string
  check(context: LintContext, tell: Tell): void | Promise<void>
}

/** A stop that no release has dealt with in time. */
export interface OverdueStop {
  readonly environment: string
  readonly flags: readonly string[]
  readonly what: string
}

export interface LintContext {
  readonly workspace: Workspace
  /** By environment. */
  readonly expansions: ReadonlyMap<string, Expansion>
  /** Milliseconds. */
  readonly now: number
  /** What is in force, by environment, where it is known. */
  readonly inForce: ReadonlyMap<string, PlainRules>
  readonly comparands: readonly Comparand[]
  readonly overdue: readonly OverdueStop[]
}

type Tell = (file: FileOf<unknown>, path: Path, what: string, cure?: string, key?: 'key') => void
