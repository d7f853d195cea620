import { conditionText, outcomeText } from '../../publisher/diff/text.ts'
import type { RunOptions } from '../../publisher/engine.ts'
import type { PlainRules } from '../../publisher/rules.ts'
import type { Context, Explanation } from '../../rules/flags.ts'
import type { Condition, Flag } from '../../rules/types.ts'
import { bucketsOf, probe, type Verdict } from './probe.ts'

/** One stop on the way through a flag. */
export interface Step {
  readonly kind: 'requires' | 'rule' | 'otherwise'
  /** Of the rule. */
  readonly id: string | null
  /** Null where the way ended before. */
  readonly verdict: Verdict | null
  readonly condition: string
  readonly outcome: string | null
  /** Where a split that was reached puts the context; null where there is none, or the unit is missing. */
  readonly bucket: number | null
  readonly decided: boolean
  /** The parts of a condition that must all hold, each by itself. */
  readonly parts: readonly { readonly condition: string; readonly verdict: Verdict }[]
}

/** The way of one context through the rules of a flag, each condition answered by the engine. */
export function stepsOf(
  rules: PlainRules,
  flag: Flag,
  explanation: Explanation,
  context: Context,
  options: RunOptions,
): Step[] {
  const asked: Condition[] = []
  const ask = (condition: Condition) => asked.push(condition) - 1
  const drafts = [
    ...(flag.requires ?? []).map(required => ({
      kind: 'requires' as const,
      id: null,
      when: required,
      outcome: null,
      then: undefined,
    })),
    ...flag.rules.map(rule => ({
      kind: 'rule' as const,
      id: rule.id,
      when: rule.when,
      outcome: outcomeText(flag, rule.then),
      then: rule.then,
    })),
  ].map(draft => ({
    ...draft,
    whole: ask(draft.when),
    parts: ('all' in draft.when ? draft.when.all : []).map(part => ({ part, at: ask(part) })),
  }))
  const verdicts = probe(rules, asked, options)(context)
  const outcomes = [...drafts.map(({ then }) => then), flag.otherwise]
  const splits = outcomes.map(then => (then !== undefined && 'split' in then ? then.split : undefined))
  const asking = splits.filter(split => split !== undefined)
  const found = bucketsOf(rules, flag, asking, options)(context)
  const bucketAt = (i: number) => (splits[i] === undefined ? null : (found[asking.indexOf(splits[i])] ?? null))
  const unmet = explanation.reason === 'PREREQUISITE'
  const ended = ['DISABLED', 'STOPPED', 'ERROR'].includes(explanation.reason)
  let over = ended
  const steps: Step[] = drafts.map(({ kind, id, when, outcome, whole, parts }, i) => {
    const verdict = over ? null : verdicts[whole]!
    const decided = !over && (kind === 'rule' ? id === explanation.rule : unmet && verdict !== 'yes')
    over ||= decided
    return {
      kind,
      id,
      verdict,
      condition: conditionText(when),
      outcome,
      bucket: verdict === 'yes' ? bucketAt(i) : null,
      decided,
      parts:
        verdict === null || verdict === 'yes' || parts.length < 2
          ? []
          : parts.map(({ part, at }) => ({ condition: conditionText(part), verdict: verdicts[at]! })),
    }
  })
  steps.push({
    kind: 'otherwise',
    id: null,
    verdict: over ? null : 'yes',
    condition: 'everyone else',
    outcome: outcomeText(flag, flag.otherwise),
    bucket: over ? null : bucketAt(drafts.length),
    decided: !over,
    parts: [],
  })
  return steps
}
