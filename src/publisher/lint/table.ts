import { HYGIENE } from './rules/hygiene.ts'
import { MOVEMENT } from './rules/movement.ts'
import { POLICY } from './rules/policy.ts'
import { REACH } from './rules/reach.ts'
import { REFERENCES } from './rules/references.ts'
import { REFUSED } from './rules/refused.ts'
import { STOPS } from './rules/stops.ts'
import { VALUES } from './rules/values.ts'
import type { LintRule } from './types.ts'

/** Every lint rule. What a file means on its own is checked when it is expanded, with the codes of `EXPAND_CODES`. */
export const LINT_RULES: readonly LintRule[] = [
  ...HYGIENE,
  ...REACH,
  ...REFERENCES,
  ...VALUES,
  ...MOVEMENT,
  ...REFUSED,
  ...POLICY,
  ...STOPS,
]
