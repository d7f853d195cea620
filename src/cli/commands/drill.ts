import { sealEvent } from '../../publisher/change/close.ts'
import { readStandpoint } from '../../publisher/change/ground.ts'
import { sealStop } from '../../publisher/change/stop.ts'
import type { Command } from '../command.ts'
import { ACTING, deskOf, LOG_KEY, PUBLISH_KEY, placeOf, signerOf } from '../place.ts'

export const drill: Command = {
  name: 'drill',
  topic: 'emergency',
  summary: 'rehearse an emergency stop on a canary flag, and have the time logged',
  about:
    'Stops a flag that nobody uses, reads the state back as a client does until the stop is in force, and logs how long that\ntook. The next release that lifts stops takes the canary along.',
  options: [
    ...ACTING,
    PUBLISH_KEY,
    LOG_KEY,
    { flags: '--flag <key>', about: 'the canary; a new name each time where absent' },
  ],
  examples: [{ command: 'ensign drill -e production --as dave', shows: 'once a quarter' }],
  json: { flag: 'the canary', milliseconds: 'until a client that asked would have had it', log: '{size, root}' },
  async run(call) {
    const place = await placeOf(call, { named: true })
    const signer = await signerOf(place)
    const desk = await deskOf(place)
    const { ground } = await readStandpoint(place.view)
    const began = call.io.now()
    const flag = call.text('flag') ?? `drill.${began}`
    const statement = await sealStop(place.view, ground, { flags: [flag], reason: 'drill', incident: null }, signer)
    await desk.stop(statement)
    const { state } = await readStandpoint(place.view)
    const isStopped = state?.stops.some(stop => stop.flags.includes(flag)) === true
    const milliseconds = call.io.now() - began
    const reason = `stop of ${flag} ${isStopped ? `in force after ${milliseconds} ms` : 'not in force'}`
    const event = await sealEvent(place.view, ground, { action: 'drill', subject: null, reason }, signer)
    const { log } = await desk.event(event)
    return { json: { flag, milliseconds, log: { ...log } }, text: reason, exit: isStopped ? 0 : 1 }
  },
}
