import { readChange } from '../../publisher/change/change.ts'
import { review as look } from '../../publisher/change/review.ts'
import type { Command } from '../command.ts'
import { ALL } from '../listing.ts'
import { placeOf, READING } from '../place.ts'
import { signingView } from '../remembered.ts'
import { printReview, reviewJson } from '../reviewing.ts'

export const review: Command = {
  name: 'review',
  topic: 'change',
  summary: 'show exactly what a change would sign',
  about:
    'Computes the events, the impact and the future steps again from the rules before and after and compares them with the\nmanifest; a manifest that tells another story is refused.',
  args: [{ name: 'id', about: 'the change' }],
  options: [...READING, ALL],
  examples: [{ command: 'ensign review checkout-1a2b', shows: 'before approving it' }],
  json: reviewJson.shape,
  async run(call) {
    const place = await placeOf(call)
    const change = await readChange(call.dir, call.need('id'))
    const seen = await look(signingView(place, change.environment), change)
    return { json: reviewJson(seen), text: printReview(call, seen), exit: seen.refusals.length > 0 ? 1 : 0 }
  },
}
