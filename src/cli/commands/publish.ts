import { EnsignError } from '../../base/errors.ts'
import { parseTime } from '../../base/time.ts'
import { submissionOf } from '../../publisher/change/approve.ts'
import { type ChangeFiles, readChange } from '../../publisher/change/change.ts'
import { writeSeen } from '../../publisher/change/floor.ts'
import { publishDue } from '../../publisher/publish/due.ts'
import { rehearse } from '../../publisher/publish/rehearse.ts'
import type { Receipt } from '../../publisher/publish/types.ts'
import type { Call, Command, Result } from '../command.ts'
import { ENVIRONMENTS } from '../options.ts'
import { deskOf, LOG_KEY, PUBLISH_KEY, placeOf, publisherOf, STORE, TO, withText } from '../place.ts'
import { printReceipt, receiptJson } from '../receipts.ts'
import { ownSeen } from '../remembered.ts'

export const publish: Command = {
  name: 'publish',
  topic: 'change',
  summary: 'check an approved change, log it and put it in force',
  about:
    'Checks the release as an SDK will, and the rules of change; logs it; and verifies the result from the store. The same\ncommand again is harmless and finishes what a crash left.',
  args: [{ name: 'id', about: 'the change', optional: true }],
  options: [
    { ...ENVIRONMENTS, about: 'with --due: one environment; all of them where absent' },
    STORE,
    TO,
    PUBLISH_KEY,
    LOG_KEY,
    { flags: '--dry-run', about: 'check everything and write nothing' },
    { flags: '--at <time>', about: 'put it in force then: by the server, or by `ensign publish --due`' },
    { flags: '--due', about: 'put in force what was scheduled and whose time has come' },
  ],
  examples: [
    { command: 'ensign publish checkout-1a2b', shows: 'into the store of the workspace' },
    { command: 'ensign publish checkout-1a2b --to https://flags.example.com', shows: 'through a publishing server' },
  ],
  json: { ...receiptJson.shape, published: 'with --due: an array of these' },
  async run(call) {
    if (call.has('due')) return due(call)
    const id = call.text('id')
    if (id === undefined)
      throw new EnsignError('usage', 'which change is not said', { cure: 'Name it, or give --due.' })
    const change = await readChange(call.dir, id)
    const place = await placeOf(withText(call, { environment: change.environment }))
    const at = call.text('at')
    if (at !== undefined && parseTime(at) === undefined) {
      throw new EnsignError('usage', '--at takes a time such as 2026-12-01T09:00:00Z')
    }
    if (change.closed !== undefined) throw new EnsignError('change_closed', `changes/${id} is closed`)
    call.progress('publishing')
    const submission = submissionOf(change, at)
    const isRehearsal = call.has('dry-run')
    const receipt = isRehearsal
      ? await rehearse(await publisherOf(place), submission)
      : await (await deskOf(place)).release(submission)
    if (!isRehearsal) await noteSeen(call, change, receipt)
    const text = printReceipt(call, receipt)
    if (receipt.outcome !== 'scheduled') return { json: receiptJson(receipt), text }
    const then = `release ${change.payload.version} ${call.has('dry-run') ? 'would take' : 'takes'} effect ${at}`
    return { json: receiptJson(receipt), text: `${text}\n${then}` }
  },
}

/** Git carries it to whoever publishes next, on whichever machine. A server keeps what it has seen by itself. */
async function noteSeen(call: Call, change: ChangeFiles, { outcome, release }: Receipt): Promise<void> {
  if (outcome === 'scheduled' || call.text('to') !== undefined) return
  const seen = await ownSeen(call, change.environment).load()
  if (seen?.release.digest === release.digest) await writeSeen(change, seen)
}

async function due(call: Call): Promise<Result> {
  const place = await placeOf(call)
  const names = call.text('environment') === undefined ? place.environments : [place.environment]
  const receipts = []
  const notices = []
  for (const name of names) {
    const found = await publishDue(await publisherOf(place, name))
    receipts.push(...found.receipts)
    notices.push(...found.notices)
  }
  for (const { what } of notices) call.note(what)
  return {
    exit: notices.length > 0 ? 1 : 0,
    json: { published: receipts.map(receiptJson) },
    text: receipts.length === 0 ? 'nothing is due' : receipts.map(one => printReceipt(call, one)).join('\n'),
  }
}
