import { systemClock } from '../../client/clock.ts'
import { sealEvent } from '../../publisher/change/close.ts'
import { readStandpoint } from '../../publisher/change/ground.ts'
import { sealStop } from '../../publisher/change/stop.ts'
import type { Command } from '../command.ts'
import { followerOf, whenOff } from '../follower.ts'
import { ACTING, deskOf, LOG_KEY, PUBLISH_KEY, placeOf, signerOf } from '../place.ts'

const PATIENCE_MS = 30_000

export const drill: Command = {
  name: 'drill',
  topic: 'emergency',
  summary: 'rehearse an emergency stop on a canary flag, and have the times logged',
  about:
    'Stops a flag that nobody uses, and measures two times from the signing on: until a client that follows the\nstore or server by its stream, as applications do, serves the flag off, and until the publisher has verified the result and\nsays so. Both are logged. The next release that lifts stops takes the canary along.',
  options: [
    ...ACTING,
    PUBLISH_KEY,
    LOG_KEY,
    { flags: '--flag <key>', about: 'the canary; a new name each time where absent' },
  ],
  examples: [
    { command: 'ensign drill -e production --as dave', shows: 'once a quarter' },
    {
      command: 'ensign drill -e production --as dave --to https://flags.example.com',
      shows: 'the way that an emergency would take',
    },
  ],
  json: {
    flag: 'the canary',
    effect: 'milliseconds from the signing until a streaming client served the flag off; null if it did not',
    published: 'milliseconds from the signing until the publisher had verified the result, and said so',
    log: '{size, root}',
  },
  async run(call) {
    const place = await placeOf(call, { named: true })
    const signer = await signerOf(place)
    const desk = await deskOf(place)
    const { ground } = await readStandpoint(place.view)
    const flag = call.text('flag') ?? `drill.${call.io.now()}`
    call.progress('connecting a client')
    const client = await followerOf(place)
    try {
      call.progress('stopping the canary')
      const began = systemClock.elapsed()
      const statement = await sealStop(place.view, ground, { flags: [flag], reason: 'drill', incident: null }, signer)
      const off = whenOff(client, flag, PATIENCE_MS)
      await desk.stop(statement)
      const published = Math.round(systemClock.elapsed() - began)
      const at = await off
      const effect = at === undefined ? null : Math.round(at - began)
      const seen =
        effect === null
          ? `not off in a streaming client within ${PATIENCE_MS} ms`
          : `off in a streaming client after ${effect} ms`
      const reason = `stop of ${flag}: ${seen}, confirmed by the publisher after ${published} ms`
      const event = await sealEvent(place.view, ground, { action: 'drill', subject: null, reason }, signer)
      const { log } = await desk.event(event)
      return { json: { flag, effect, published, log: { ...log } }, text: reason, exit: effect === null ? 1 : 0 }
    } finally {
      await client.close()
    }
  },
}
