import { formatTime } from '../base/time.ts'
import type { Transition } from './flags.ts'
import { lookAt } from './loaded.ts'
import { needsOf, reachable, stoppedBy } from './reads.ts'
import type { Moment } from './state.ts'

/** Every moment after `now` that a time condition names, for each flag that reads it, itself or through others. */
export function transitionsOf(moment: Moment, now: number): readonly Transition[] {
  const found: Transition[] = []
  for (const cell of moment.flags().values()) {
    if (cell?.loaded === undefined) continue
    const start = lookAt(cell.loaded)
    if (start.fault !== undefined || !start.source.on || stoppedBy(cell, moment) !== undefined) continue
    const times = new Set([...reachable([cell], moment)].flatMap(read => needsOf(read).times))
    for (const time of times) if (time > now) found.push(Object.freeze({ flag: cell.key, at: formatTime(time) }))
  }
  const order = (one: Transition): string => one.at + one.flag
  return found.sort((a, b) => (order(a) < order(b) ? -1 : 1))
}
