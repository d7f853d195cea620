import { EnsignError } from '../../base/errors.ts'
import { refreshHead } from '../../publisher/publish/submit.ts'
import type { Command } from '../command.ts'
import { PUBLISHING, placeOf, publisherOf } from '../place.ts'
import { printReceipt, receiptJson } from '../receipts.ts'

export const refresh: Command = {
  name: 'refresh',
  topic: 'change',
  summary: 'sign new heads before the old ones expire; for cron',
  about: 'Without --environment all of them. A root that was published since is logged on the way.',
  options: [...PUBLISHING],
  lacks: {
    '--to':
      'A publishing server signs new heads by itself; give this where the store is, or look at `ensign status --to URL`.',
  },
  examples: [{ command: 'ensign refresh', shows: 'every hour, where no server does it' }],
  json: { refreshed: 'array of receipts', skipped: 'environments without a release' },
  async run(call) {
    const place = await placeOf(call)
    const names = call.text('environment') === undefined ? place.environments : [place.environment]
    const receipts = []
    const skipped: string[] = []
    for (const name of names) {
      try {
        receipts.push(await refreshHead(await publisherOf(place, name)))
      } catch (error) {
        if (!(error instanceof EnsignError) || error.code !== 'no_release') throw error
        skipped.push(name)
      }
    }
    const lines = [
      ...receipts.map(receipt => printReceipt(call, receipt)),
      ...skipped.map(name => `${name}: nothing was published yet`),
    ]
    return { json: { refreshed: receipts.map(receiptJson), skipped }, text: lines.join('\n') }
  },
}
