import { parseTime } from '../../base/time.ts'
import type { StopPayload } from '../../bundle/types.ts'
import type { Policy } from './types.ts'

const HOUR = 3600_000
const USUAL_HOURS = 24

/** How long a stop may stand before a release has to deal with it. */
export function hoursToRatify(policy: Policy | undefined): number {
  return policy?.ratifyHours ?? USUAL_HOURS
}

/** Of the stops in force, those that no release has dealt with in time; `now` in milliseconds. */
export function overdueStops(stops: readonly StopPayload[], hours: number, now: number): StopPayload[] {
  return stops.filter(({ created }) => now - parseTime(created)! >= hours * HOUR)
}

export function overdueText({ version, flags }: StopPayload, hours: number): string {
  return `stop ${version} (${flags.join(', ')}) has stood for over ${hours} h without a release that deals with it`
}
