import { EnsignError } from '../../base/errors.ts'
import { readStandpoint } from '../../publisher/change/ground.ts'
import { patchOf } from '../../publisher/change/patch.ts'
import { readRules } from '../../publisher/manifest/readrules.ts'
import { releaseInLog } from '../../publisher/publish/history.ts'
import type { Command } from '../command.ts'
import { ALL } from '../listing.ts'
import { ACTING, placeOf, signerOf, TO, withText } from '../place.ts'
import { proposeBare } from '../proposing.ts'
import { signingView } from '../remembered.ts'
import { reviewJson } from '../reviewing.ts'
import { LINKS, VALID } from '../telling.ts'

export const rollback: Command = {
  name: 'rollback',
  topic: 'change',
  summary: 'propose a new release with the rules of an old one',
  about:
    'History only moves forward: going back is a higher release with old rules, and takes approval like any other. Stops\nstay as they are. The files still say what they said; bring them back with git.',
  options: [
    ...ACTING.filter(option => option !== TO),
    {
      flags: '--to <version>',
      about: 'the version of the release whose rules shall be in force again, not a URL',
      required: true,
    },
    { flags: '--server <url>', about: 'what --to is elsewhere: a server in place of a folder' },
    { flags: '--reason <text>', about: 'why', required: true },
    ...LINKS,
    { flags: '--id <id>', about: 'the name of the change' },
    ...VALID,
    ALL,
  ],
  examples: [
    { command: 'ensign rollback -e production --to 41 --reason "errors" --as alice', shows: 'go back to 41' },
    {
      command: 'ensign rollback -e production --to 41 --server https://flags.example.com --reason errors --as alice',
      shows: 'what is in force, and 41, are read from a server',
    },
  ],
  json: { id: 'the change', ...reviewJson.shape },
  async run(call) {
    const told = call.need('to')
    const version = Number(told)
    if (!(Number.isSafeInteger(version) && version > 0)) {
      throw new EnsignError('usage', '--to takes the version of a release, such as 41', {
        cure: told.includes(':') ? `A server is given with --server ${told}.` : 'See `ensign history`.',
      })
    }
    const place = await placeOf(withText(call, { to: call.text('server') }), { named: true })
    const standpoint = await readStandpoint(signingView(place))
    const { ground, root, head } = standpoint
    if (head === undefined) throw new EnsignError('no_release', 'nothing was published here yet')
    const old = await releaseInLog(place.source, root, head, version)
    const signer = await signerOf(place)
    const id = call.text('id') ?? `rollback-${ground.environment}-${(ground.release?.version ?? 0) + 1}`
    const patch = patchOf(ground.rules, await readRules(place.source, old))
    return proposeBare(call, place, standpoint, signer, old, { id, patch })
  },
}
