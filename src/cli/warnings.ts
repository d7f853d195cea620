import { parseTime } from '../base/time.ts'
import type { Standpoint } from '../publisher/change/ground.ts'
import { hoursToRatify, overdueStops, overdueText } from '../publisher/policy/ratify.ts'
import { policyOfRoot } from '../publisher/publish/judgepolicy.ts'
import type { Place } from './place.ts'

const DAY = 24 * 3600_000

interface Warning {
  readonly code: string
  readonly what: string
}

/** What needs attention in an environment that has a head. */
export async function warningsOf(
  { source, call }: Place,
  { root, head, ground, state }: Standpoint,
): Promise<Warning[]> {
  const now = call.io.now()
  const warnings: Warning[] = []
  const [issued, expires] = [parseTime(head!.issued)!, parseTime(head!.expires)!]
  if (now >= expires) warnings.push({ code: 'expired', what: `the head expired ${head!.expires}` })
  else if (expires - now < (expires - issued) / 5) {
    warnings.push({ code: 'expires_soon', what: `the head expires ${head!.expires}: give \`ensign refresh\`` })
  }
  const rootExpires = parseTime(root.payload.expires)!
  if (rootExpires - now < 30 * DAY) {
    warnings.push({ code: 'root_expires_soon', what: `root ${root.payload.version} expires ${root.payload.expires}` })
  }
  if (head!.state.root.digest !== root.digest) {
    warnings.push({ code: 'root_not_logged', what: `root ${root.payload.version} is not in the log yet: refresh` })
  }
  if (state === undefined) {
    warnings.push({ code: 'release_unsupported', what: 'the newest root does not support the release in force' })
  }
  const hours = hoursToRatify(await policyOfRoot(source, root))
  for (const stop of overdueStops(ground.stops, hours, now)) {
    warnings.push({ code: 'stop_not_ratified', what: overdueText(stop, hours) })
  }
  const many = state?.notices.find(({ code }) => code === 'many_stops')
  if (many !== undefined) warnings.push({ code: many.code, what: `${many.what}: publish a release that clears some` })
  return warnings
}
