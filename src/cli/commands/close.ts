import { EnsignError } from '../../base/errors.ts'
import { type ChangeFiles, readChange, settleClosing, writeClosing } from '../../publisher/change/change.ts'
import { isSaidBy, sealEvent } from '../../publisher/change/close.ts'
import { readStandpoint } from '../../publisher/change/ground.ts'
import { releasesInLog } from '../../publisher/publish/history.ts'
import type { Call, Command, Result } from '../command.ts'
import { deskOf, LOG_KEY, type Place, PUBLISH_KEY, placeOf, SIGNING, signerOf, withText } from '../place.ts'

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

/** Closed is what is logged: a refused word leaves the change as it was, and one whose answer was lost is sent again. */
async function close(call: Call, action: 'rejected' | 'withdrawn'): Promise<Result> {
  const id = call.need('id')
  const change = await readChange(call.dir, id)
  const place = await placeOf(withText(call, { environment: change.environment }))
  const event = change.closed ?? (await closingOf(call, place, change, action))
  const receipt = await (await deskOf(place)).event(event)
  if (change.closed === undefined) await settleClosing(change)
  for (const { what } of receipt.notices) call.note(what)
  const unscheduled = receipt.notices.some(({ code }) => code === 'unscheduled')
  return {
    json: { id, action, unscheduled, log: { ...receipt.log } },
    text: `${id} is ${action}; logged as entry ${receipt.log.size - 1}`,
  }
}

async function closingOf(call: Call, place: Place, change: ChangeFiles, action: string): Promise<Uint8Array> {
  const { ground, head } = await readStandpoint(place.view)
  if (head === undefined) {
    throw new EnsignError('no_release', 'there is no log yet that could keep it', {
      cure: `Delete changes/${change.id}: nothing was published in ${change.environment} yet.`,
    })
  }
  if (
    change.payload.version <= head.state.release.version &&
    (await releasesInLog(place.source, head)).has(change.digest)
  ) {
    throw new EnsignError('release_passed', `${change.id} has been published, as release ${change.payload.version}`, {
      cure: 'Go back with `ensign rollback`, or switch flags off with `ensign stop`.',
    })
  }
  const signer = await signerOf(place)
  if (change.closing !== undefined && isSaidBy(change.closing, action, signer)) return change.closing
  const subject = { type: 'release', digest: change.digest }
  const event = await sealEvent(place.view, ground, { action, subject, reason: call.need('reason') }, signer)
  await writeClosing(change, event)
  return event
}
