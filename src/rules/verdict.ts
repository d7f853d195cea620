import { deepFreeze } from '../base/freeze.ts'
import { own } from './attributes.ts'
import type { Verdict } from './cell.ts'
import type { Evaluation } from './flags.ts'
import { endOf, type OutcomeName } from './reasons.ts'
import type { Flag, Rule, Split } from './types.ts'

interface Details {
  readonly rule?: Rule | undefined
  readonly via?: string | undefined
  readonly split?: Split | undefined
  /** Whether a flag that reads this one may compare the variant. */
  readonly readable?: boolean
}

/** Every member by itself: one that is absent would be looked for on Object.prototype. */
const NOTHING = { rule: undefined, via: undefined, split: undefined, readable: true }

/** The verdict that serves a variant. */
export function serve(flag: Flag, index: number, name: OutcomeName, details: Details = NOTHING): Verdict {
  const [variant, value] = flag.variants[index]!
  const enabled = flag.type === 'boolean' ? value === true : index !== flag.off
  return verdict(name, flag, { value: deepFreeze(value), variant, enabled, index }, { ...NOTHING, ...details })
}

const NO_VARIANT = { value: undefined, variant: undefined, enabled: undefined, index: -1 }

/** The verdict that serves what the caller passes in. `flag` is whose `meta` is shown. */
export function fallback(name: OutcomeName, flag?: Flag, details: Details = NOTHING): Verdict {
  return verdict(name, flag, NO_VARIANT, { ...NOTHING, ...details })
}

/** The off variant, or the caller's fallback where the flag has none. */
export function serveOff(flag: Flag, name: OutcomeName, details?: Details): Verdict {
  return flag.off === null ? fallback(name, flag, details) : serve(flag, flag.off, name, details)
}

/** A stopped flag is never on, whatever its variants are and whatever the caller passes in. */
export function serveStopped(flag: Flag | undefined, via: string | undefined): Verdict {
  const details = { via, readable: false }
  const served = flag === undefined ? fallback('stopped', flag, details) : serveOff(flag, 'stopped', details)
  return { ...served, enabled: false, evaluation: Object.freeze({ ...served.evaluation, enabled: false }) }
}

function verdict(
  name: OutcomeName,
  flag: Flag | undefined,
  { value, variant, enabled, index }: Pick<Evaluation, 'value' | 'variant' | 'enabled'> & { readonly index: number },
  { rule, via, split, readable }: Details,
): Verdict {
  const [reason, code] = endOf(name)
  const experiment = rule && (own(rule, 'experiment') as Rule['experiment'])
  const meta = flag && deepFreeze(own(flag, 'meta') as Flag['meta'])
  const evaluation = Object.freeze({ value, variant, enabled, reason, code, rule: rule?.id, experiment, meta, via })
  return {
    evaluation,
    enabled,
    readable: readable ? index : -1,
    type: variant === undefined ? undefined : flag!.type,
    split,
  }
}
