import type { Split } from '../../rules/types.ts'
import { own, type PlainRules } from '../rules.ts'
import type { FlagFile, Layout } from '../workspace/types.ts'
import { fits, layoutArms } from './arms.ts'
import { splitsOf } from './splits.ts'

export type Layouts = Readonly<Record<string, Readonly<Record<string, Layout>>>>

/**
 * The layout of every split with several arms. Arms whose weights changed are laid out with the least movement against
 * what is in force where that is given, else against what the file says; a layout that fits stays.
 */
export function layoutsOf(flag: FlagFile, inForce: ReadonlyMap<string, PlainRules> = new Map()): Layouts {
  const layouts: Record<string, Record<string, Layout>> = {}
  for (const { environment, id, weights } of splitsOf(flag)) {
    const written = own(flag.layout?.[environment] ?? {}, id)
    const rules = inForce.get(environment)
    const running = rules === undefined ? undefined : runningLayout(rules, flag.key, id)
    const previous = running ?? written
    const laid =
      running === undefined && written !== undefined && fits(written, weights) ? written : layoutArms(weights, previous)
    layouts[environment] ??= {}
    layouts[environment][id] = laid
  }
  return layouts
}

/** Where the arms of a split in force are, by the names of their variants. */
function runningLayout(rules: PlainRules, key: string, id: string): Layout | undefined {
  const flag = own(rules.flags, key)
  const outcome = id === 'otherwise' ? flag?.otherwise : flag?.rules.find(rule => rule.id === id)?.then
  if (flag === undefined || outcome === undefined || !('split' in outcome)) return undefined
  return layoutOfSplit(outcome.split, index => flag.variants[index]![0])
}

function layoutOfSplit(split: Split, nameOf: (index: number) => string): Layout {
  const layout: Record<string, (readonly [number, number])[]> = {}
  for (const [from, to, index] of split.arms) {
    const name = nameOf(index)
    layout[name] ??= []
    layout[name].push([from, to])
  }
  return layout
}
