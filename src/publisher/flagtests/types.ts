import type { Json } from '../../base/json.ts'
import type { Problem } from '../workspace/problem.ts'

export interface TestResult {
  readonly file: string
  readonly line: number
  /** With the combination of the matrix, such as `staff [country=NL]`. */
  readonly name: string
  readonly flag: string
  readonly environment: string
  readonly ok: boolean
  readonly mismatches: readonly { readonly member: string; readonly expected: Json; readonly actual: Json }[]
}

export interface TestReport {
  readonly results: readonly TestResult[]
  readonly passed: number
  readonly failed: number
  /** Tests that could not run: an unknown flag, an environment that does not exist. */
  readonly problems: readonly Problem[]
}
