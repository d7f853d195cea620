import { EnsignError } from '../../base/errors.ts'
import { approve as sign } from '../../publisher/change/approve.ts'
import { readChange } from '../../publisher/change/change.ts'
import { review } from '../../publisher/change/review.ts'
import type { Command } from '../command.ts'
import { ALL } from '../listing.ts'
import { placeOf, SIGNING, signerOf } from '../place.ts'
import { signingView } from '../remembered.ts'
import { printReview, reviewJson } from '../reviewing.ts'

export const approve: Command = {
  name: 'approve',
  topic: 'change',
  summary: 'review a change and sign it',
  about:
    'Shows what `ensign review` shows and asks; where nobody can answer, --yes is needed. The signature is over the digests\nof rules and manifest, so any edit afterwards voids it.',
  args: [{ name: 'id', about: 'the change' }],
  options: [...SIGNING, ALL, { flags: '-y, --yes', about: 'sign without asking' }],
  examples: [{ command: 'ensign approve checkout-1a2b --as bob', shows: 'sign it as bob' }],
  json: reviewJson.shape,
  async run(call) {
    const place = await placeOf(call)
    const id = call.need('id')
    const change = await readChange(call.dir, id)
    const view = signingView(place, change.environment)
    const seen = await review(view, change)
    if (!call.has('yes')) {
      if (call.io.ask === undefined) throw new EnsignError('usage', 'nobody can be asked here', { cure: 'Give --yes.' })
      call.io.stderr.write(`${printReview(call, seen)}\n`)
      if (!/^y(?:es)?$/i.test(await call.io.ask('Sign this? [y/N] '))) {
        throw new EnsignError('interrupted', 'not signed', { cure: 'To say no for all, give `ensign reject`.' })
      }
    }
    await sign(view, seen, await signerOf(place))
    const after = await review(view, await readChange(call.dir, id), seen.standpoint)
    return { json: reviewJson(after), text: printReview(call, after) }
  },
}
