import { readChange, writeClosed } from '../../publisher/change/change.ts'
import { sealEvent } from '../../publisher/change/close.ts'
import { readStandpoint } from '../../publisher/change/ground.ts'
import type { Call, Command, Result } from '../command.ts'
import { deskOf, LOG_KEY, PUBLISH_KEY, placeOf, SIGNING, signerOf, withText } from '../place.ts'

const options = [...SIGNING, PUBLISH_KEY, LOG_KEY, { flags: '--reason <text>', about: 'why', required: true }]
const json = {
  id: 'the change',
  action: 'rejected or withdrawn',
  unscheduled: 'true where it waited for its time',
  log: '{size, root} of the log with the event in it',
}
const args = [{ name: 'id', about: 'the change' }]

export const reject: Command = {
  name: 'reject',
  topic: 'change',
  summary: 'say no to a change, and have that logged',
  args,
  options,
  examples: [{ command: 'ensign reject checkout-1a2b --reason "not this week" --as bob', shows: 'say no' }],
  json,
  run: call => close(call, 'rejected'),
}

export const withdraw: Command = {
  name: 'withdraw',
  topic: 'change',
  summary: 'take a change back, scheduled or not, and have that logged',
  args,
  options,
  examples: [{ command: 'ensign withdraw checkout-1a2b --reason "found a fault" --as alice', shows: 'take it back' }],
  json,
  run: call => close(call, 'withdrawn'),
}

/** The statement is kept in the folder first: the same command again hands in the same bytes, which are logged once. */
async function close(call: Call, action: 'rejected' | 'withdrawn'): Promise<Result> {
  const id = call.need('id')
  const change = await readChange(call.dir, id)
  const place = await placeOf(withText(call, { environment: change.environment }))
  let event = change.closed
  if (event === undefined) {
    const { ground } = await readStandpoint(place.view)
    const subject = { type: 'release', digest: change.digest }
    event = await sealEvent(place.view, ground, { action, subject, reason: call.need('reason') }, await signerOf(place))
    await writeClosed(change, event)
  }
  const receipt = await (await deskOf(place)).event(event)
  for (const { what } of receipt.notices) call.note(what)
  const unscheduled = receipt.notices.some(({ code }) => code === 'unscheduled')
  return {
    json: { id, action, unscheduled, log: { ...receipt.log } },
    text: `${id} is ${action}; logged as entry ${receipt.log.size - 2}`,
  }
}
