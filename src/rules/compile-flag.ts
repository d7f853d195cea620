import { own, placeOf, read, unitOf } from './attributes.ts'
import type { Run, Verdict } from './cell.ts'
import { type Build, compileCondition } from './compile-condition.ts'
import { bucketOf, seedOf } from './hash.ts'
import { ALWAYS, type Test, TRUE } from './kleene.ts'
import type { Flag, Outcome, Requirement, Rule, Split } from './types.ts'
import { fallback, serve, serveOff } from './verdict.ts'

/** A verdict where no context makes a difference. */
export type Program = Verdict | Run

/** Undefined: go on to the next rule. */
type Pick = (context: object, now: number) => Verdict | undefined

/** Requirements, then rules from the top, then `otherwise`; a flag that is off is settled before. */
export function compileFlag(flag: Flag, build: Build): Program {
  return flag.on
    ? withRequirements(flag, build, withRules(flag, build, otherwise(flag)))
    : serveOff(flag, 'disabled', { readable: false })
}

function asRun(program: Program): Run {
  return typeof program === 'function' ? program : () => program
}

function withRequirements(flag: Flag, build: Build, program: Program): Program {
  const requires = requirementsOf(flag)
  if (requires.length === 0) return program
  const run = asRun(program)
  const tests = requires.map(requirement => build.flagTest(requirement))
  const unmet = requires.map(({ flag: via }) => serveOff(flag, 'prerequisite', { via, readable: false }))
  return (context, now) => {
    for (let i = 0; i < tests.length; i++) {
      if (tests[i]!(context, now) !== TRUE) return unmet[i]!
    }
    return run(context, now)
  }
}

function requirementsOf(flag: Flag): readonly Requirement[] {
  return (own(flag, 'requires') ?? []) as readonly Requirement[]
}

function withRules(flag: Flag, build: Build, last: Program): Program {
  const rules = flag.rules.map(rule => {
    const end = endOf(flag, rule.then, rule)
    return {
      test: compileCondition(rule.when, build),
      verdict: typeof end === 'function' ? undefined : end,
      pick: typeof end === 'function' ? end : undefined,
    }
  })
  const [only] = rules
  if (only === undefined) return last
  if (rules.length === 1) return withOneRule(only.test, only.verdict, only.pick, last)
  const run = asRun(last)
  return (context, now) => {
    for (let i = 0; i < rules.length; i++) {
      const { test, verdict, pick } = rules[i]!
      if (test(context, now) !== TRUE) continue
      const found = verdict ?? pick!(context, now)
      if (found !== undefined) return found
    }
    return run(context, now)
  }
}

/** Most flags have one rule, and most of them end with a variant: shapes without a loop or a call to spare. */
function withOneRule(test: Test, verdict: Verdict | undefined, pick: Pick | undefined, last: Program): Program {
  if (verdict !== undefined) {
    if (test === ALWAYS) return verdict
    return typeof last === 'function'
      ? (context, now) => (test(context, now) === TRUE ? verdict : last(context, now))
      : (context, now) => (test(context, now) === TRUE ? verdict : last)
  }
  const split = pick!
  if (typeof last === 'function') {
    return (context, now) => (test(context, now) === TRUE ? split(context, now) : undefined) ?? last(context, now)
  }
  return test === ALWAYS
    ? (context, now) => split(context, now) ?? last
    : (context, now) => (test(context, now) === TRUE ? split(context, now) : undefined) ?? last
}

function otherwise(flag: Flag): Program {
  const end = endOf(flag, flag.otherwise, undefined)
  if (typeof end !== 'function') return end
  const place = placeOf((flag.otherwise as { split: Split }).split.by)
  const noArm = serveOff(flag, 'no_arm')
  const unitMissing = serveOff(flag, 'unit_missing')
  return (context, now) => end(context, now) ?? (unitOf(read(context, place)) === '' ? unitMissing : noArm)
}

/** A verdict, where the outcome does not look at the context. Without a rule it is that of `otherwise`. */
function endOf(flag: Flag, outcome: Outcome, rule: Rule | undefined): Verdict | Pick {
  const split = own(outcome, 'split') as Split | undefined
  if (split !== undefined) return splitPick(flag, split, rule)
  const index = own(outcome, 'serve') as number | undefined
  if (index === undefined) return fallback(rule ? 'match_fallback' : 'default_fallback', flag, { rule })
  const free = flag.rules.length === 0 && requirementsOf(flag).length === 0
  return serve(flag, index, rule ? 'match' : free ? 'static' : 'default', { rule })
}

function splitPick(flag: Flag, split: Split, rule: Rule | undefined): Pick {
  const place = placeOf(split.by)
  const seed = seedOf(split.salt)
  const arms = split.arms.map(([from, to, index]) => ({
    from,
    to,
    verdict: serve(flag, index, 'split', { rule, split }),
  }))
  const rest = restOf(flag, split, rule)
  return context => {
    const unit = unitOf(read(context, place))
    if (unit === '') return undefined
    const bucket = bucketOf(unit, seed)
    for (let i = 0; i < arms.length; i++) {
      const arm = arms[i]!
      if (bucket < arm.to) return bucket >= arm.from ? arm.verdict : rest
    }
    return rest
  }
}

function restOf(flag: Flag, split: Split, rule: Rule | undefined): Verdict | undefined {
  if (split.rest === 'next') return undefined
  return split.rest === 'fallback'
    ? fallback('split_fallback', flag, { rule, split })
    : serve(flag, split.rest, 'split_rest', { rule, split })
}
