import { EnsignError } from '../../base/errors.ts'
import { readHead } from '../../publisher/publish/current.ts'
import { historyOf } from '../../publisher/publish/history.ts'
import type { Command } from '../command.ts'
import { placeOf, READING } from '../place.ts'
import { columns } from '../print.ts'

export const history: Command = {
  name: 'history',
  topic: 'change',
  summary: 'list what was in force, the newest first',
  options: [...READING, { flags: '--limit <number>', about: 'rows at most', default: '20' }],
  examples: [{ command: 'ensign history -e production', shows: 'the last twenty' }],
  json: { rows: 'array of {entry, what, actions, release, stop, root, since}; what is release, stop, root or event' },
  async run(call) {
    const place = await placeOf(call)
    const limit = Number(call.text('limit') ?? 20)
    if (!(Number.isInteger(limit) && limit > 0)) throw new EnsignError('usage', '--limit takes a whole number')
    const head = await readHead(place.source, await place.chain(), place.environment)
    const rows = []
    if (head !== undefined) {
      for await (const { index, what, actions, state } of historyOf(place.source, head)) {
        if (rows.length >= limit) break
        rows.push({
          entry: index,
          what,
          actions: [...actions],
          release: state.release.version,
          stop: state.stop?.version ?? null,
          root: state.root.version,
          since: state.since,
        })
      }
    }
    const table = rows.map(row => [
      String(row.entry),
      row.actions.length === 0 ? row.what : row.actions.join(', '),
      `release ${row.release} since ${row.since}`,
      row.stop === null ? '' : `stop ${row.stop}`,
      `root ${row.root}`,
    ])
    return { json: { rows }, text: rows.length === 0 ? 'nothing was published yet' : columns(table) }
  },
}
