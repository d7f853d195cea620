import { parseTime } from '../../base/time.ts'
import type { Engine } from '../../rules/engine.ts'
import type { Secret } from '../../rules/sealed.ts'
import { engineOver, secretsFor } from '../engine.ts'
import { expandEnvironment } from '../expand/environment.ts'
import type { Expansion } from '../expand/types.ts'
import { closureOf } from '../reads.ts'
import { own } from '../rules.ts'
import { locator } from '../workspace/document.ts'
import type { Problem } from '../workspace/problem.ts'
import { didYouMean } from '../workspace/suggest.ts'
import type { RuleBlock, Workspace } from '../workspace/types.ts'
import { type Case, casesOf } from './cases.ts'
import { mismatchesOf } from './expect.ts'
import { force } from './force.ts'
import type { TestReport, TestResult } from './types.ts'

export interface TestOptions {
  /** Milliseconds: of tests that name no time of their own. */
  readonly now: number
  readonly secrets?: Readonly<Record<string, Secret>>
  /** Only tests of these flags, of these environments. */
  readonly flags?: readonly string[]
  readonly environments?: readonly string[]
  /** Expansions that are there already, by environment. */
  readonly expansions?: ReadonlyMap<string, Expansion>
}

interface Bench {
  readonly expansion: Expansion
  readonly engine: Engine
}

/** Runs the tests of a workspace on the engine that applications run. */
export function runFlagTests(workspace: Workspace, options: TestOptions): TestReport {
  const secrets = secretsFor(workspace, options.secrets)
  const clock = { now: options.now }
  const benches = new Map<string, Bench>()
  const all = workspace.tests.map(file => ({ file, cases: casesOf(workspace, file) }))
  const tested = new Set(all.flatMap(({ cases }) => cases.flatMap(({ flag }) => (flag === undefined ? [] : [flag]))))
  const benchOf = (environment: string): Bench => {
    let bench = benches.get(environment)
    if (bench === undefined) {
      const expansion =
        options.expansions?.get(environment) ?? expandEnvironment(workspace, environment, { secrets, only: tested })
      bench = { expansion, engine: engineOver(closureOf(expansion.rules, tested), { now: () => clock.now, secrets }) }
      benches.set(environment, bench)
    }
    return bench
  }
  const results: TestResult[] = []
  const problems: Problem[] = []
  for (const { file, cases } of all) {
    const find = locator(file.file, file.text)
    for (const one of cases) {
      if (options.flags !== undefined && !options.flags.includes(one.flag ?? '')) continue
      if (options.environments !== undefined && !options.environments.includes(one.environment ?? '')) continue
      const problem = problemOf(workspace, one)
      if (problem !== undefined) {
        problems.push({ ...problem, level: 'error', at: find.place(one.path) })
        continue
      }
      clock.now = parseTime(one.now) ?? options.now
      results.push(runCase(workspace, one, benchOf(one.environment!), clock, secrets, () => find.place(one.path).line))
    }
  }
  const passed = results.filter(result => result.ok).length
  return { results, passed, failed: results.length - passed, problems }
}

function problemOf(workspace: Workspace, one: Case): Pick<Problem, 'code' | 'what' | 'cure'> | undefined {
  if (one.flag === undefined) {
    return { code: 'missing_member', what: `"${one.name}" names no flag`, cure: 'Add "flag" to it or to its file.' }
  }
  const flag = workspace.flags.get(one.flag)
  if (flag === undefined) {
    const cure = didYouMean(one.flag, workspace.flags.keys(), 'Correct the key, or remove the test.')
    return { code: 'unknown_flag', what: `there is no flag "${one.flag}"`, cure }
  }
  const { environments } = workspace.project.content
  if (!environments.includes(one.environment!)) {
    const cure = didYouMean(one.environment!, environments, `It is one of ${environments.join(', ')}.`)
    return { code: 'no_environment', what: `there is no environment "${one.environment}"`, cure }
  }
  return undefined
}

function runCase(
  workspace: Workspace,
  one: Case,
  { expansion, engine }: Bench,
  clock: { readonly now: number },
  secrets: Readonly<Record<string, Secret>>,
  line: () => number,
): TestResult {
  const key = one.flag!
  const flag = own(expansion.rules.flags, key)
  const result = { file: one.file.file, name: one.name, flag: key, environment: one.environment! }
  if (flag === undefined) {
    const mismatches = [{ member: 'flag', expected: key, actual: null }]
    return { ...result, line: line(), ok: false, mismatches }
  }
  const { bucket, buckets, stopped } = one.block
  let flags = engine.flags
  let { context } = one
  if (bucket !== undefined || buckets !== undefined || stopped !== undefined) {
    const forced = force(expansion.rules, key, {
      ...(bucket === undefined ? {} : { bucket }),
      salts: saltsOf(workspace, buckets ?? {}),
    })
    const stops = (stopped ?? []).map(stop => ({ flag: stop, version: 1 }))
    flags = engineOver(forced.rules, { now: () => clock.now, secrets, stops }).flags
    context = { ...context, ...forced.units }
  }
  const rules = workspace.flags.get(key)!.content.environments[one.environment!]?.rules ?? []
  const ruleOf = (id: string) => blockOf(rules, expansion.originOf(key, id))?.id ?? id
  const mismatches = mismatchesOf(one.block.expect, flag, flags.explain(key, context), ruleOf)
  return { ...result, line: mismatches.length === 0 ? 0 : line(), ok: mismatches.length === 0, mismatches }
}

function blockOf(rules: readonly RuleBlock[], path: readonly (string | number)[] | undefined): RuleBlock | undefined {
  const index = path?.at(-1)
  return typeof index === 'number' ? rules[index] : undefined
}

/** Layers and holdouts are forced by their names, flags with a salt of their own by the salt. */
function saltsOf(workspace: Workspace, buckets: Readonly<Record<string, number>>): Map<string, number> {
  const salts = new Map<string, number>()
  for (const [name, bucket] of Object.entries(buckets)) {
    const known = workspace.layers.get(name) ?? workspace.holdouts.get(name)
    salts.set(known?.content.salt ?? name, bucket)
  }
  return salts
}
