import { placeOf, read, unitOf } from './attributes.ts'
import type { Verdict } from './cell.ts'
import type { Context, Explanation, ReleaseInfo } from './flags.ts'
import { bucketOf, seedOf } from './hash.ts'
import { CONTEXT_FAULT, contextOf } from './moment.ts'
import type { FlagType, Split } from './types.ts'
import { fallback } from './verdict.ts'

export type Decide = (key: string, context: Context | undefined) => Verdict

const MISMATCH = fallback('type_mismatch')

/** A value of another type than the fallback's is no answer. Without a fallback all types are taken. */
function typed(verdict: Verdict, wanted: unknown): Verdict {
  return verdict.type === undefined || fits(verdict.type, wanted) ? verdict : MISMATCH
}

function fits(type: FlagType, wanted: unknown): boolean {
  switch (typeof wanted) {
    case 'undefined':
      return true
    case 'boolean':
      return type === 'boolean'
    case 'string':
      return type === 'string'
    case 'number':
      return type === 'integer' || type === 'number'
    default:
      return type === 'json'
  }
}

/** The value, or the caller's fallback where that is served or where the type is another. */
export function valueIn(verdict: Verdict, wanted: unknown): unknown {
  const { variant, value } = typed(verdict, wanted).evaluation
  return variant === undefined ? wanted : value
}

export function explainIn(
  flag: string,
  decided: Verdict,
  context: Context | undefined,
  wanted: unknown,
  release: ReleaseInfo | null,
): Explanation {
  const { evaluation, split } = typed(decided, wanted)
  try {
    const { value, enabled, variant, reason, code, rule, experiment, via } = evaluation
    return {
      flag,
      value: variant === undefined ? wanted : value,
      enabled: enabled ?? wanted === true,
      variant,
      reason,
      code,
      rule,
      bucket: split === undefined ? undefined : bucketIn(split, contextOf(context)),
      experiment,
      via,
      release,
    }
  } catch {
    return explainIn(flag, CONTEXT_FAULT, undefined, wanted, release)
  }
}

/** Worked out again rather than carried along, so that the plain call has nothing to carry. */
function bucketIn(split: Split, context: object): number | undefined {
  const unit = unitOf(read(context, placeOf(split.by)))
  return unit === '' ? undefined : bucketOf(unit, seedOf(split.salt))
}
