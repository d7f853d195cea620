import { EnsignError } from '../../base/errors.ts'
import { readChange, writeChange } from '../../publisher/change/change.ts'
import { readStandpoint } from '../../publisher/change/ground.ts'
import { patchOf } from '../../publisher/change/patch.ts'
import { propose } from '../../publisher/change/propose.ts'
import { review } from '../../publisher/change/review.ts'
import { readRules } from '../../publisher/manifest/readrules.ts'
import { releaseInLog } from '../../publisher/publish/history.ts'
import type { Command } from '../command.ts'
import { placeOf, SIGNING, signerOf, TO, withText } from '../place.ts'
import { printReview, reviewJson } from '../reviewing.ts'
import { artifactsOf, effectiveOf, LINKS, NO_CHECKS, tellingOf, VALID } from '../telling.ts'

export const rollback: Command = {
  name: 'rollback',
  topic: 'change',
  summary: 'propose a new release with the rules of an old one',
  about:
    'History only moves forward: going back is a higher release with old rules, and takes approval like any other. Stops\nstay as they are. The files still say what they said; bring them back with git.',
  options: [
    ...SIGNING.filter(option => option !== TO),
    { flags: '--to <version>', about: 'the release whose rules shall be in force again', required: true },
    { flags: '--server <url>', about: 'a server in place of a folder' },
    { flags: '--reason <text>', about: 'why', required: true },
    ...LINKS,
    { flags: '--id <id>', about: 'the name of the change' },
    ...VALID,
  ],
  examples: [{ command: 'ensign rollback -e production --to 41 --reason "errors" --as alice', shows: 'go back to 41' }],
  json: { id: 'the change', ...reviewJson.shape },
  async run(call) {
    const place = await placeOf(withText(call, { to: call.text('server') }))
    const version = Number(call.need('to'))
    const { ground, root, head } = await readStandpoint(place.view)
    if (head === undefined) throw new EnsignError('no_release', 'nothing was published here yet')
    const old = await releaseInLog(place.source, root, head, version)
    const signer = await signerOf(place)
    const story = { reason: call.need('reason'), artifacts: artifactsOf(call) }
    const id = call.text('id') ?? `rollback-${ground.environment}-${(ground.release?.version ?? 0) + 1}`
    const change = await propose(
      place.view,
      {
        id,
        patch: patchOf(ground.rules, await readRules(place.source, old)),
        effective: effectiveOf(call),
        telling: tellingOf(call, place, signer, NO_CHECKS, () => story),
      },
      signer,
    )
    await writeChange(call.dir, change)
    const seen = await review(place.view, await readChange(call.dir, id))
    return { json: { id, ...reviewJson(seen) }, text: `${printReview(call, seen)}\n\nwritten to changes/${id}` }
  },
}
