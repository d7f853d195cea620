import { CLOCK_SKEW_MS } from '../../base/limits.ts'
import { formatTime, parseTime } from '../../base/time.ts'
import { serverTime } from '../websource.ts'
import { type Check, type Examined, fail, ok, read, type Verdict, warn } from './types.ts'

const DAY = 24 * 3600_000
const SOON_DAYS = 14
/** A server tells its time in whole seconds, and the answer takes its time. */
const UNREMARKABLE_MS = 30_000

function judgeSkew(skew: number, against: string): Verdict {
  const size = Math.abs(skew)
  const text = `this clock is ${Math.round(size / 1000)} s ${skew > 0 ? 'ahead of' : 'behind'} ${against}`
  if (size > CLOCK_SKEW_MS) return fail(text, { code: 'clock_fault' })
  return size > UNREMARKABLE_MS ? warn(text) : ok(`this clock agrees with ${against}`)
}

interface Soon {
  readonly at: number
  readonly verdict: (what: string) => Verdict
  readonly what: string
}

/** What ends or begins within two weeks, or has ended; in order of time. */
function soonOf({ workspace, environments, now }: Examined): readonly Soon[] {
  const flags = [...(workspace?.flags.values() ?? [])].flatMap(({ content: { key, expires, archived } }) =>
    expires === undefined || expires === 'never' || archived !== undefined
      ? []
      : [{ at: Date.parse(expires), verdict: warn, what: `flag ${key} should be gone` }],
  )
  const grants = (workspace?.people?.content.grants ?? []).flatMap(({ person, role, until }) =>
    until === undefined
      ? []
      : [{ at: Date.parse(until), verdict: warn, what: `the grant of ${role} to ${person} ends` }],
  )
  const due = environments.flatMap(one =>
    one.due.map(({ at, release }) => {
      return { at: parseTime(at)!, verdict: ok, what: `release ${release.version} of ${one.name} takes effect` }
    }),
  )
  return [...flags, ...grants, ...due.filter(({ at }) => at > now)]
    .filter(({ at }) => at - now < SOON_DAYS * DAY)
    .sort((a, b) => a.at - b.at)
}

export const TIME_CHECKS: readonly Check[] = [
  {
    name: 'clock',
    cure: 'Set the clock of this machine, or that of the publisher.',
    async look({ place, environments, now }) {
      const url = place.call.text('to')
      if (url !== undefined) {
        const at = await serverTime(url)
        return at === undefined
          ? [warn('the server tells no time')]
          : [judgeSkew(place.call.io.now() - at, 'the server')]
      }
      const issued = environments.flatMap(one => read(one.standpoint)?.head?.issued ?? []).sort()
      const newest = issued.at(-1)
      if (newest === undefined) return []
      const ahead = parseTime(newest)! - now
      if (ahead <= UNREMARKABLE_MS) return [ok('no head is from the future')]
      const text = `a head was issued ${newest}, ${Math.round(ahead / 1000)} s from now by this clock`
      return [ahead > CLOCK_SKEW_MS ? fail(text, { code: 'clock_fault' }) : warn(text)]
    },
  },
  {
    name: 'soon',
    cure: 'Archive the flag, renew the grant, or leave it: nothing fails at that time.',
    look(examined) {
      const soon = soonOf(examined)
      if (soon.length === 0) return [ok(`nothing ends within ${SOON_DAYS} days`)]
      return soon.map(({ at, verdict, what }) => verdict(`${formatTime(at)} ${what}`))
    },
  },
]
