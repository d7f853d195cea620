import { parseTime } from '../base/time.ts'
import type { Standpoint } from '../publisher/change/ground.ts'
import { policyOfRoot } from '../publisher/publish/judgepolicy.ts'
import type { Place } from './place.ts'

const HOUR = 3600_000
const DAY = 24 * HOUR

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
  const hours = (await policyOfRoot(source, root))?.ratifyHours ?? 24
  for (const { version, flags, created } of ground.stops) {
    if (now - parseTime(created)! < hours * HOUR) continue
    const what = `stop ${version} (${flags.join(', ')}) has stood for over ${hours} h without a release that deals with it`
    warnings.push({ code: 'stop_not_ratified', what })
  }
  const many = state?.notices.find(({ code }) => code === 'many_stops')
  if (many !== undefined) warnings.push({ code: many.code, what: `${many.what}: publish a release that clears some` })
  return warnings
}
