import { parseJson } from '../../base/json.ts'
import { MAX_PAYLOAD } from '../../base/limits.ts'
import { eventShape } from '../../bundle/eventshape.ts'
import { kidOf } from '../../publisher/ceremony/files.ts'
import { listChanges, readChange } from '../../publisher/change/change.ts'
import { readStandpoint } from '../../publisher/change/ground.ts'
import { type Due, readDue } from '../../publisher/publish/due.ts'
import { readEnvelope } from '../../trust/statement.ts'
import type { Command } from '../command.ts'
import { type Place, placeOf, READING_ALL } from '../place.ts'
import { columns } from '../print.ts'
import { warningsOf } from '../warnings.ts'

export const status: Command = {
  name: 'status',
  topic: 'change',
  summary: 'show what is in force, what waits, and what needs attention',
  about: 'Ends with 1 where something needs attention.',
  options: [...READING_ALL],
  examples: [{ command: 'ensign status', shows: 'all environments' }],
  json: {
    environments: 'array of {environment, release, since, stops, expires, warnings}',
    changes: 'array of {id, environment, state}',
  },
  async run(call) {
    const place = await placeOf(call)
    const names = call.text('environment') === undefined ? place.environments : [place.environment]
    const rows = []
    for (const name of names) rows.push(await statusOf(place, name))
    const changes = []
    for (const id of await listChanges(call.dir)) changes.push(await changeState(place, id))
    const text = rows.flatMap(row => [
      row.release === null
        ? `${row.environment}: nothing was published yet`
        : `${row.environment}: release ${row.release} since ${row.since}, head until ${row.expires}`,
      ...row.stops.map(stop => `  stopped: ${stop.flags.join(', ')} (${stop.reason})`),
      ...row.due.map(due => `  release ${due.release.version} takes effect ${due.at}`),
      ...row.warnings.map(({ code, what }) => `  ${call.paint.yellow('warning')}[${code}]: ${what}`),
    ])
    const table = columns(changes.map(({ id, environment, state }) => [`  ${id}`, environment, state]))
    return {
      exit: rows.some(({ warnings }) => warnings.length > 0) ? 1 : 0,
      json: { environments: rows, changes } as never,
      text: changes.length === 0 ? text.join('\n') : [...text, 'changes', table].join('\n'),
    }
  },
}

async function statusOf(place: Place, environment: string) {
  const seen = await readStandpoint(place.viewOf(environment))
  const { head, ground } = seen
  const due = await dueOf(place, environment)
  return {
    environment,
    release: ground.release?.version ?? null,
    since: head?.state.since ?? null,
    stops: ground.stops.map(({ version, flags, reason, incident }) => ({ version, flags, reason, incident })),
    expires: head?.expires ?? null,
    due,
    warnings: head === undefined ? [] : await warningsOf(place, seen),
  }
}

async function changeState(place: Place, id: string) {
  const change = await readChange(place.call.dir, id)
  const { environment, payload, digest } = change
  const { ground, root } = await readStandpoint(place.viewOf(environment))
  const last = ground.release?.version ?? 0
  const waiting = await dueOf(place, environment)
  const at = waiting.find(one => one.release.digest === digest)?.at
  const words: readonly [boolean, string][] = [
    [change.closed !== undefined, change.closed === undefined ? '' : closedAs(change.closed)],
    [ground.release?.digest === digest, 'in force'],
    [payload.version <= last && payload.previous === null, 'passed'],
    [
      payload.version !== last + 1 || payload.previous !== (ground.release?.digest ?? null),
      'passed, or its base has moved',
    ],
    [at !== undefined, `scheduled for ${at}`],
  ]
  const found = words.find(([holds]) => holds)?.[1]
  const signers = change.signatures.map(signature => root.keys.get(kidOf(signature))?.person ?? 'somebody unknown')
  return { id, environment, state: found ?? `signed by ${[...new Set(signers)].sort().join(', ')}` }
}

async function dueOf({ store, project }: Place, environment: string): Promise<readonly Due[]> {
  return store === undefined ? [] : (await readDue({ store, project, environment })).due
}

/** `withdrawn` or `rejected`: the word of the event that closed it. */
function closedAs(event: Uint8Array): string {
  const { payload } = readEnvelope(event, 'event', 'closed.json')
  return eventShape(parseJson(payload, MAX_PAYLOAD, 'closed.json'), 'closed.json').action
}
