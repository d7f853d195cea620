import { EnsignError } from '../../base/errors.ts'
import { readStandpoint } from '../../publisher/change/ground.ts'
import { liftOf } from '../../publisher/change/stop.ts'
import { releaseInLog } from '../../publisher/publish/history.ts'
import type { Command } from '../command.ts'
import { ALL } from '../listing.ts'
import { ACTING, placeOf, signerOf } from '../place.ts'
import { proposeBare } from '../proposing.ts'
import { signingView } from '../remembered.ts'
import { reviewJson } from '../reviewing.ts'
import { LINKS, VALID } from '../telling.ts'

export const resume: Command = {
  name: 'resume',
  topic: 'emergency',
  summary: 'propose the release that lifts a stop',
  about:
    'Lifting a stop takes a release and its approvals. A release resolves all stops up to one, so every flag that would run\nagain has to be named; names of no flag, such as canaries of drills, are taken along.',
  args: [{ name: 'flags', about: 'the flags that shall run again', many: true }],
  options: [
    ...ACTING,
    { flags: '--reason <text>', about: 'why', required: true },
    ...LINKS,
    { flags: '--id <id>', about: 'the name of the change' },
    ...VALID,
    ALL,
  ],
  examples: [{ command: 'ensign resume checkout-v2 -e production --reason fixed --as alice', shows: 'propose it' }],
  json: { id: 'the change', ...reviewJson.shape },
  async run(call) {
    const place = await placeOf(call, { named: true })
    const flags = call.list('flags')
    const standpoint = await readStandpoint(signingView(place))
    const { ground, root, head } = standpoint
    const lift = liftOf(ground, flags)
    const unnamed = lift.flags.filter(flag => !flags.includes(flag))
    const others = unnamed.filter(flag => Object.hasOwn(ground.rules.flags, flag))
    if (others.length > 0) {
      throw new EnsignError('resume_others', `this would let ${others.join(', ')} run again as well`, {
        cure: 'Name them too, or stop them again after.',
      })
    }
    // Canaries of drills, and what was stopped in haste by a wrong name.
    if (unnamed.length > 0) {
      call.note(`there is no flag ${unnamed.join(', ')} in ${ground.environment}: these stops are lifted too`)
    }
    const signer = await signerOf(place)
    const id = call.text('id') ?? `resume-${ground.environment}-${lift.clears.version}`
    const patch = { flags: {}, segments: {} }
    const release = await releaseInLog(place.source, root, head!, ground.release!.version)
    return proposeBare(call, place, standpoint, signer, release, { id, patch, clears: lift.clears })
  },
}
