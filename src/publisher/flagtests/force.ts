import type { Condition, Rule } from '../../rules/types.ts'
import { closureOf } from '../reads.ts'
import type { PlainRules } from '../rules.ts'
import { unitInBucket } from './unit.ts'

/** No context of an application has such an attribute. */
const UNIT = '\u0000forced'

export interface Forced {
  readonly rules: PlainRules
  /** To be laid over the context of the test. */
  readonly units: Readonly<Record<string, string>>
}

export interface Force {
  /** Bucket of the flag's splits. */
  readonly bucket?: number
  /** Salt of a layer or holdout -> bucket. */
  readonly salts: ReadonlyMap<string, number>
}

/**
 * The rules with other units: what is forced reads an attribute of the test's own, which holds a unit that falls into
 * the bucket asked for. Salts, arms and reasons stay, so the engine answers as it would to such a person.
 */
export function force(rules: PlainRules, key: string, { bucket, salts }: Force): Forced {
  const units: Record<string, string> = {}
  const unitOf = (salt: string, wanted: number) => {
    const name = `${UNIT} ${salt}`
    units[name] = unitInBucket(salt, wanted)
    return name
  }
  const when = (condition: Condition): Condition => {
    if ('all' in condition) return { all: condition.all.map(when) }
    if ('any' in condition) return { any: condition.any.map(when) }
    if ('not' in condition) return { not: when(condition.not) }
    if ('assume' in condition) return { assume: condition.assume, of: when(condition.of) }
    if (!('bucket' in condition)) return condition
    const wanted = salts.get(condition.bucket.salt)
    if (wanted === undefined) return condition
    return { bucket: { ...condition.bucket, by: unitOf(condition.bucket.salt, wanted) } }
  }
  const outcome = (then: Rule['then']): Rule['then'] =>
    bucket === undefined || !('split' in then)
      ? then
      : { split: { ...then.split, by: unitOf(then.split.salt, bucket) } }
  const { flags, segments } = closureOf(rules, [key])
  const flag = flags[key]!
  const changed = {
    ...flag,
    rules: flag.rules.map(rule => ({ ...rule, when: when(rule.when), then: outcome(rule.then) })),
    otherwise: outcome(flag.otherwise),
  }
  return { rules: { flags: { ...flags, [key]: changed }, segments }, units }
}
