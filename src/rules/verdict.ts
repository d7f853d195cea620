import type { Json } from '../base/json.ts'
import type { Verdict } from './cell.ts'
import type { Evaluation } from './flags.ts'
import { endOf, type OutcomeName } from './reasons.ts'
import type { Flag, Rule, Split } from './types.ts'

interface Details {
  readonly rule?: Rule | undefined
  readonly via?: string | undefined
  /** Whose `meta` is shown. */
  readonly flag?: Flag | undefined
  readonly split?: Split | undefined
  /** Whether a flag that reads this one may compare the variant. */
  readonly readable?: boolean
}

/** Every member by itself: one that is absent would be looked for on Object.prototype. */
const NOTHING = { rule: undefined, via: undefined, flag: undefined, split: undefined, readable: true }

/** The verdict that serves a variant. */
export function serve(flag: Flag, index: number, name: OutcomeName, more: Details = NOTHING): Verdict {
  const details = { ...NOTHING, ...more }
  const [variant, value] = flag.variants[index]!
  const enabled = flag.type === 'boolean' ? value === true : index !== flag.off
  const readable = details.readable === false ? -1 : index
  const served = verdict(name, { value: deepFreeze(value), variant, enabled }, { ...details, flag })
  return { ...served, readable, type: flag.type }
}

/** The verdict that serves what the caller passes in. */
export function fallback(name: OutcomeName, details: Details = {}): Verdict {
  return verdict(name, { value: undefined, variant: undefined, enabled: undefined }, details)
}

/** The off variant, or the caller's fallback where the flag has none. */
export function serveOff(flag: Flag, name: OutcomeName, details: Details = {}): Verdict {
  return flag.off === null ? fallback(name, { ...details, flag }) : serve(flag, flag.off, name, details)
}

/** A stopped flag is never on, whatever its variants are and whatever the caller passes in. */
export function serveStopped(flag: Flag | undefined, via: string | undefined): Verdict {
  const served = flag === undefined ? fallback('stopped', { via }) : serveOff(flag, 'stopped', { via, readable: false })
  return { ...served, enabled: false, evaluation: Object.freeze({ ...served.evaluation, enabled: false }) }
}

function verdict(
  name: OutcomeName,
  served: Pick<Evaluation, 'value' | 'variant' | 'enabled'>,
  details: Details,
): Verdict {
  const { rule, via, flag, split }: Details = { ...NOTHING, ...details }
  const [reason, code] = endOf(name)
  const { value, variant, enabled } = served
  const experiment = rule !== undefined && Object.hasOwn(rule, 'experiment') ? rule.experiment : undefined
  const meta = flag !== undefined && Object.hasOwn(flag, 'meta') ? deepFreeze(flag.meta!) : undefined
  const evaluation = Object.freeze({
    value,
    variant,
    enabled,
    reason,
    code,
    rule: rule?.id,
    experiment,
    meta,
    via,
  })
  return { evaluation, enabled, readable: -1, type: undefined, split }
}

/** Values are handed out as they are, to everyone. Not by recursion, because nobody caps the depth of `meta`. */
function deepFreeze(root: Json): Json {
  const waiting = [root]
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (typeof value !== 'object' || value === null || Object.isFrozen(value)) continue
    Object.freeze(value)
    for (const member of Object.values(value)) waiting.push(member)
  }
  return root
}
