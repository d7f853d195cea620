import { MAX_PART } from '../../../base/limits.ts'
import { readersIn, readsOf, readsOfSegment, segmentsBehind } from '../../reads.ts'
import { own, type PlainRules } from '../../rules.ts'
import type { LintRule } from '../types.ts'

/** Keys on a cycle, `flags` and `segments/KEY` mixed; empty where there is none. */
function cycleFrom(rules: PlainRules, start: string, done: Set<string>): string[] {
  const path: string[] = []
  const visit = (node: string): string[] | undefined => {
    const at = path.indexOf(node)
    if (at >= 0) return [...path.slice(at), node]
    if (done.has(node)) return undefined
    path.push(node)
    const segment = node.startsWith('segments/') ? own(rules.segments, node.slice(9)) : undefined
    const flag = segment === undefined ? own(rules.flags, node) : undefined
    const reads = segment !== undefined ? readsOfSegment(segment) : flag !== undefined ? readsOf(flag) : undefined
    for (const key of reads?.flags ?? []) {
      const found = visit(key)
      if (found !== undefined) return found
    }
    for (const key of reads?.segments ?? []) {
      const found = visit(`segments/${key}`)
      if (found !== undefined) return found
    }
    path.pop()
    done.add(node)
    return undefined
  }
  return visit(start) ?? []
}

export const REFERENCES: readonly LintRule[] = [
  {
    code: 'cycle',
    level: 'error',
    cause: 'A flag reads itself, through other flags or segments.',
    cure: 'Break the circle at one of the flags named.',
    check({ workspace, expansions }, tell) {
      for (const { rules } of expansions.values()) {
        const done = new Set<string>()
        for (const key of Object.keys(rules.flags)) {
          if (done.has(key)) continue
          const cycle = cycleFrom(rules, key, done)
          if (cycle.length === 0) continue
          for (const node of cycle) done.add(node)
          const first = cycle.find(node => workspace.flags.has(node)) ?? key
          tell(workspace.flags.get(first)!, ['key'], `these read each other: ${cycle.join(' -> ')}`)
        }
      }
    },
  },
  {
    code: 'archived_read',
    level: 'warning',
    cause: 'An archived flag is still read by others, which now see its off variant.',
    cure: 'Remove it from the flags named.',
    check({ workspace, expansions }, tell) {
      for (const { rules } of expansions.values()) {
        const archived = Object.keys(rules.flags).filter(
          key => workspace.flags.get(key)!.content.archived !== undefined,
        )
        if (archived.length === 0) continue
        const readers = readersIn(rules)
        for (const key of archived) {
          const by = readers(key)
          if (by.length > 0)
            tell(workspace.flags.get(key)!, ['archived'], `${key} is archived and read by ${by.join(', ')}`)
        }
      }
    },
  },
  {
    code: 'unused_segment',
    level: 'warning',
    cause: 'No flag reads the segment in any environment.',
    cure: 'Remove it.',
    check({ workspace, expansions }, tell) {
      const used = new Set<string>()
      for (const { rules } of expansions.values()) {
        for (const flag of Object.values(rules.flags)) {
          if (used.size >= workspace.segments.size) break
          for (const key of segmentsBehind(rules, flag)) if (workspace.segments.has(key)) used.add(key)
        }
      }
      for (const [key, file] of workspace.segments) if (!used.has(key)) tell(file, ['key'], `no flag reads ${key}`)
    },
  },
  {
    code: 'slots_overlap',
    level: 'error',
    cause: 'Two slots of a layer share buckets, so that a person could be in two experiments.',
    cure: 'Move one of them.',
    check({ workspace }, tell) {
      for (const file of workspace.layers.values()) {
        for (const [i, slot] of file.content.slots.entries()) {
          if (slot.from >= slot.to)
            tell(file, ['slots', i], `the slot of "${slot.experiment}" is empty`, 'Make from smaller than to.')
          const other = file.content.slots.slice(0, i).find(one => one.from < slot.to && slot.from < one.to)
          if (other !== undefined)
            tell(file, ['slots', i], `"${slot.experiment}" shares buckets with "${other.experiment}"`)
        }
      }
    },
  },
  {
    code: 'size',
    level: 'warning',
    cause: 'A flag or segment is so large that every client pays for it on each change.',
    cure: 'Move lists into a segment, or target an attribute instead of people.',
    check({ workspace, expansions }, tell) {
      for (const { rules } of expansions.values()) {
        for (const [key, flag] of Object.entries(rules.flags)) {
          const size = JSON.stringify(flag).length
          if (size > MAX_FLAG)
            tell(workspace.flags.get(key)!, ['key'], `${key} has ${size} bytes, the budget is ${MAX_FLAG}`)
        }
        for (const [key, segment] of Object.entries(rules.segments)) {
          const size = JSON.stringify(segment).length
          if (size > MAX_PART / 4)
            tell(workspace.segments.get(key)!, ['key'], `${key} has ${size} bytes, the budget is ${MAX_PART / 4}`)
        }
      }
    },
  },
]

const MAX_FLAG = 64 * 1024
