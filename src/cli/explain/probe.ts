import { engineOver, type RunOptions } from '../../publisher/engine.ts'
import type { PlainRules } from '../../publisher/rules.ts'
import type { Engine } from '../../rules/engine.ts'
import type { Context } from '../../rules/flags.ts'
import type { Condition, Flag, Split } from '../../rules/types.ts'

export type Verdict = 'yes' | 'no' | 'unknown'

/**
 * Asks the engine itself about single conditions: each becomes a flag that serves `yes` where it holds, `no` where its
 * opposite holds, and `unknown` where neither does. So an explanation cannot differ from what applications see.
 */
export function probe(
  rules: PlainRules,
  conditions: readonly Condition[],
  options: RunOptions,
): (context: Context) => Verdict[] {
  const flags: Record<string, Flag> = Object.assign(Object.create(null), rules.flags)
  for (const [i, condition] of conditions.entries()) {
    flags[keyOf(i)] = {
      on: true,
      type: 'string',
      variants: [
        ['yes', ''],
        ['no', ''],
        ['unknown', ''],
      ],
      off: 2,
      salt: keyOf(i),
      rules: [
        { id: 'yes', when: condition, then: { serve: 0 } },
        { id: 'no', when: { not: condition }, then: { serve: 1 } },
      ],
      otherwise: { serve: 2 },
    }
  }
  const engine: Engine = engineOver({ flags, segments: rules.segments }, options)
  return context => conditions.map((_, i) => (engine.flags.variant(keyOf(i), context) ?? 'unknown') as Verdict)
}

/**
 * The bucket of each split, asked of the engine too: a flag that deals everyone out by it says where a context falls.
 * Undefined where the unit is missing.
 */
export function bucketsOf(
  rules: PlainRules,
  flag: Flag,
  splits: readonly Split[],
  options: RunOptions,
): (context: Context) => (number | undefined)[] {
  const flags: Record<string, Flag> = Object.create(null)
  for (const [i, split] of splits.entries()) {
    const { type, variants, off, salt } = flag
    const bare = { type, variants, off, salt, on: true, rules: [] }
    flags[keyOf(i)] = { ...bare, otherwise: { split: { ...split, rest: 0 } } }
  }
  const engine = engineOver({ flags, segments: rules.segments }, options)
  return context => splits.map((_, i) => engine.flags.explain(keyOf(i), context).bucket)
}

/** Longer than the key of any flag that a person would write. */
const keyOf = (i: number) => `${'probe-'.repeat(18)}${i}`
