import { EnsignError } from '../../base/errors.ts'
import { readStandpoint } from '../../publisher/change/ground.ts'
import { sealStop } from '../../publisher/change/stop.ts'
import { readersIn } from '../../publisher/reads.ts'
import { nearest } from '../../publisher/workspace/suggest.ts'
import type { Command } from '../command.ts'
import { ACTING, deskOf, LOG_KEY, PUBLISH_KEY, placeOf, signerOf } from '../place.ts'
import { printReceipt, receiptJson } from '../receipts.ts'

const ATTEMPTS_COUNT = 5

export const stop: Command = {
  name: 'stop',
  topic: 'emergency',
  summary: 'switch flags off, now',
  about:
    'One person, one command: the flags serve their off variant, and so do those that read them, which are told first.\nNothing but a release that is approved like any other can switch them on again.',
  args: [{ name: 'flags', about: 'the flags', many: true }],
  options: [
    ...ACTING,
    PUBLISH_KEY,
    LOG_KEY,
    { flags: '--reason <text>', about: 'why', required: true },
    { flags: '--unknown', about: 'stop a name that no flag has, although it looks like that of one' },
    { flags: '--incident <id>', about: 'the incident that it belongs to' },
  ],
  examples: [{ command: 'ensign stop checkout-v2 -e production --reason "errors" --as dave', shows: 'off, now' }],
  json: { ...receiptJson.shape, reaches: 'other flags that serve their off variant too' },
  async run(call) {
    const place = await placeOf(call, { named: true })
    const flags = [...new Set(call.list('flags'))].sort()
    const signer = await signerOf(place)
    const desk = await deskOf(place)
    for (let attempt = 1; ; attempt++) {
      const { ground } = await readStandpoint(place.view)
      const unknown = flags.filter(flag => !Object.hasOwn(ground.rules.flags, flag))
      for (const flag of unknown) {
        if (!call.has('unknown')) refuseSlip(flag, place.environment, Object.keys(ground.rules.flags))
        call.note(`there is no flag ${flag} in ${place.environment}`)
      }
      const readers = readersIn(ground.rules)
      const reaches = [...new Set(flags.flatMap(flag => readers(flag)))].filter(flag => !flags.includes(flag)).sort()
      if (reaches.length > 0) call.note(`this reaches ${reaches.join(', ')} too`)
      const reason = call.need('reason')
      const statement = await sealStop(
        place.view,
        ground,
        { flags, reason, incident: call.text('incident') ?? null },
        signer,
      )
      try {
        const receipt = await desk.stop(statement)
        return { json: { ...receiptJson(receipt), reaches }, text: printReceipt(call, receipt) }
      } catch (error) {
        // Somebody else stopped something in between: the chain is longer by one, and this goes on from there.
        const raced = error instanceof EnsignError && error.code === 'stop_fork' && attempt < ATTEMPTS_COUNT
        if (!raced) throw error
      }
    }
  },
}

/** A stop of a name that no flag has is legal and does nothing: whoever mistypes must not believe that it worked. */
function refuseSlip(name: string, environment: string, flags: readonly string[]): void {
  const meant = nearest(name, flags)
  if (meant === undefined) return
  throw new EnsignError('unknown_flag', `there is no flag "${name}" in ${environment}`, {
    cure: `Did you mean "${meant}"? Give --unknown to stop the name as it is.`,
  })
}
