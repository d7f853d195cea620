import type { Condition } from '../../rules/types.ts'

const ALL_SUBSETS_UP_TO = 6

/**
 * The kinds of people worth asking about, as sets of atoms that hold: nobody's, each alone, and those that can hold
 * together. With many atoms only pairs, which is where one rule hands people on to another.
 */
export function audiencesOf(atoms: ReadonlyMap<string, Condition>): ReadonlySet<string>[] {
  const names = [...atoms.keys()].sort()
  const sets: Set<string>[] = [new Set()]
  const most = names.length <= ALL_SUBSETS_UP_TO ? names.length : 2
  const grow = (start: number, chosen: readonly string[]): void => {
    for (let i = start; i < names.length; i++) {
      const name = names[i]!
      if (chosen.some(other => excludes(atoms.get(other)!, atoms.get(name)!))) continue
      const next = [...chosen, name]
      sets.push(withImplied(new Set(next), atoms))
      if (next.length < most) grow(i + 1, next)
    }
  }
  grow(0, [])
  return sets
}

/** Whether no context meets both: they want one attribute to be two different things. */
function excludes(a: Condition, b: Condition): boolean {
  for (const one of wantsOf(a)) {
    for (const other of wantsOf(b)) {
      if (one.attr === other.attr && !one.values.some(value => other.values.includes(value))) return true
    }
  }
  return false
}

/** Whoever is in [NL] is in [NL, BE]. */
function withImplied(holds: Set<string>, atoms: ReadonlyMap<string, Condition>): Set<string> {
  for (const [name, condition] of atoms) {
    const [wanted, more] = wantsOf(condition)
    if (holds.has(name) || wanted === undefined || more !== undefined) continue
    const implied = [...holds].some(held =>
      wantsOf(atoms.get(held)!).some(
        one => one.attr === wanted.attr && one.values.every(value => wanted.values.includes(value)),
      ),
    )
    if (implied) holds.add(name)
  }
  return holds
}

function wantsOf(condition: Condition): { attr: string; values: readonly unknown[] }[] {
  if ('all' in condition) return condition.all.flatMap(wantsOf)
  if (!('attr' in condition) || condition.ignoreCase === true) return []
  const attr = JSON.stringify(condition.attr)
  if (condition.eq !== undefined) return [{ attr, values: [condition.eq] }]
  return condition.in === undefined ? [] : [{ attr, values: condition.in }]
}
