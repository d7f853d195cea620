import { formatTime, parseTime } from '../base/time.ts'
import type { Transition } from './flags.ts'
import { lookAt } from './loaded.ts'
import { type Cell, reachable, stoppedBy } from './reads.ts'
import type { Moment } from './state.ts'
import type { Condition, Flag, Segment } from './types.ts'

/** Every moment after `now` that a time condition names, for each flag that reads it, itself or through others. */
export function transitionsOf(moment: Moment, now: number): readonly Transition[] {
  const found: Transition[] = []
  const own = new Map<Cell, readonly number[]>()
  for (const cell of moment.flags().values()) {
    if (cell?.loaded === undefined) continue
    const start = lookAt(cell.loaded)
    if (start.fault !== undefined || !start.source.on || stoppedBy(cell, moment) !== undefined) continue
    const times = new Set<number>()
    for (const read of reachable([cell], moment)) {
      const named = own.get(read) ?? timesIn(read)
      own.set(read, named)
      for (const time of named) if (time > now) times.add(time)
    }
    for (const time of times) found.push(Object.freeze({ flag: cell.key, at: formatTime(time) }))
  }
  const order = (one: Transition): string => one.at + one.flag
  return found.sort((a, b) => (order(a) < order(b) ? -1 : 1))
}

function timesIn({ loaded }: Cell): readonly number[] {
  if (loaded === undefined) return []
  const { source, fault } = lookAt<Flag | Segment>(loaded)
  if (fault !== undefined) return []
  const conditions = Object.hasOwn(source, 'rules')
    ? (source as { rules: readonly { when: Condition }[] }).rules.map(rule => rule.when)
    : [Object.hasOwn(source, 'when') ? (source as { when: Condition }).when : { all: [] }]
  return conditions.flatMap(condition => timesOf(condition))
}

/** Walks conditions by their members; what stands below a comparison or a bucket names no time. */
function timesOf(condition: unknown): number[] {
  if (Array.isArray(condition)) return condition.flatMap(timesOf)
  if (typeof condition !== 'object' || condition === null || Object.hasOwn(condition, 'attr')) return []
  return Object.entries(condition).flatMap(([name, value]) => {
    if (name === 'from' || name === 'until') return parseTime(value) ?? []
    return name === 'bucket' ? [] : timesOf(value)
  })
}
