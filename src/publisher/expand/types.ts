import type { Secret } from '../../rules/sealed.ts'
import type { PlainRules } from '../rules.ts'
import type { Path, Problem } from '../workspace/problem.ts'

export interface ExpandOptions {
  /** By name; a sealed attribute without its secret is a problem. */
  readonly secrets?: Readonly<Record<string, Secret>>
  /** Seals with a stand-in where a secret is missing: for lint and tests, never for a release. */
  readonly standIns?: boolean
  /** Only these flags, and whatever they read. */
  readonly only?: Iterable<string>
}

export interface Expansion {
  readonly environment: string
  readonly rules: PlainRules
  readonly problems: readonly Problem[]
  /** Where a rule of a flag, by its id on the wire, came from in the flag's file. */
  originOf(flag: string, rule: string): Path | undefined
}
