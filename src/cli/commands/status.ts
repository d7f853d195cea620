import { EnsignError } from '../../base/errors.ts'
import { parseJson } from '../../base/json.ts'
import { MAX_PAYLOAD } from '../../base/limits.ts'
import { eventShape } from '../../bundle/eventshape.ts'
import { kidOf } from '../../publisher/ceremony/files.ts'
import { type ChangeFiles, listChanges, readChange } from '../../publisher/change/change.ts'
import { readStandpoint, type Standpoint } from '../../publisher/change/ground.ts'
import { type Due, readDue } from '../../publisher/publish/due.ts'
import { releasesInLog } from '../../publisher/publish/history.ts'
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
    environments: 'array of {environment, release, since, stops, expires, due, warnings}; due: array of {at, release}',
    changes: 'array of {id, environment, state}',
  },
  async run(call) {
    const place = await placeOf(call)
    const names = call.text('environment') === undefined ? place.environments : [place.environment]
    const found = new Map<string, Found>()
    const find = async (name: string) => {
      const known = found.get(name) ?? (await findOut(place, name))
      found.set(name, known)
      return known
    }
    const rows = []
    for (const name of names) rows.push(await statusOf(place, await find(name)))
    const states = []
    for (const id of await listChanges(call.dir)) states.push(await changeState(call.dir, id, find))
    const passed = states.filter(({ state }) => PASSED.has(state))
    const changes = states.map(({ id, environment, state }) => {
      const by = passed.find(({ train }) => train.includes(id))
      return { id, environment, state: by === undefined || PASSED.has(state) ? state : `travelled in ${by.id}` }
    })
    const text = rows.flatMap(row => [
      row.release === null
        ? `${row.environment}: nothing was published yet`
        : `${row.environment}: release ${row.release} since ${row.since}, head until ${row.expires}`,
      ...row.stops.map(stop => `  stopped: ${stop.flags.join(', ')} (${stop.reason})`),
      ...row.due.map(due => `  release ${due.release.version} takes effect ${due.at}`),
      ...row.warnings.map(({ code, what }) => `  ${call.paint.yellow('warning')}[${code}]: ${what}`),
    ])
    const table = columns(changes.map(({ id, environment, state }) => [`  ${id}`, environment ?? '', state]))
    return {
      exit: rows.some(({ warnings }) => warnings.length > 0) ? 1 : 0,
      json: { environments: rows, changes } as never,
      text: changes.length === 0 ? text.join('\n') : [...text, 'changes', table].join('\n'),
    }
  },
}

const PASSED: ReadonlySet<string> = new Set(['in force', 'was in force'])

/** What all changes of one environment are held against: found out once. */
interface Found {
  readonly environment: string
  readonly standpoint: Standpoint
  readonly due: readonly Due[]
  /** Whether a release was in force, by the log; undefined where that cannot be read. */
  wasInForce(digest: string): Promise<boolean | undefined>
}

async function findOut(place: Place, environment: string): Promise<Found> {
  const standpoint = await readStandpoint(place.viewOf(environment))
  const { head } = standpoint
  let logged: Promise<ReadonlySet<string> | undefined> | undefined
  return {
    environment,
    standpoint,
    due: await dueOf(place, environment),
    async wasInForce(digest) {
      if (head === undefined) return false
      logged ??= releasesInLog(place.source, head).catch(() => undefined)
      return (await logged)?.has(digest)
    },
  }
}

async function statusOf(place: Place, { environment, standpoint, due }: Found) {
  const { head, ground } = standpoint
  return {
    environment,
    release: ground.release?.version ?? null,
    since: head?.state.since ?? null,
    stops: ground.stops.map(({ version, flags, reason, incident }) => ({ version, flags, reason, incident })),
    expires: head?.expires ?? null,
    due,
    warnings: head === undefined ? [] : await warningsOf(place, standpoint),
  }
}

/** A change that cannot be read, or whose environment is gone, hides none of the others. */
async function changeState(dir: string, id: string, find: (environment: string) => Promise<Found>) {
  let environment: string | null = null
  let train: readonly string[] = []
  try {
    const change = await readChange(dir, id)
    environment = change.environment
    train = change.train
    return { id, environment, train, state: await stateOf(change, await find(environment)) }
  } catch (error) {
    if (!(error instanceof EnsignError)) throw error
    return { id, environment, train, state: `cannot be read: ${error.code}, ${error.message}` }
  }
}

async function stateOf(change: ChangeFiles, { standpoint, due, wasInForce }: Found): Promise<string> {
  const { payload, digest } = change
  const { ground, root } = standpoint
  if (change.closed !== undefined) return closedAs(change.closed)
  if (ground.release?.digest === digest) return 'in force'
  if (payload.version !== (ground.release?.version ?? 0) + 1 || payload.previous !== (ground.release?.digest ?? null)) {
    const passed = await wasInForce(digest)
    if (passed === undefined) return 'passed, or its base has moved'
    return passed ? 'was in force' : `its base has moved: ensign propose --again ${change.id}`
  }
  const at = due.find(one => one.release.digest === digest)?.at
  if (at !== undefined) return `scheduled for ${at}`
  const signers = change.signatures.map(signature => root.keys.get(kidOf(signature))?.person ?? 'somebody unknown')
  return `signed by ${[...new Set(signers)].sort().join(', ')}`
}

async function dueOf({ store, project }: Place, environment: string): Promise<readonly Due[]> {
  return store === undefined ? [] : (await readDue({ store, project, environment })).due
}

/** `withdrawn` or `rejected`: the word of the event that closed it. */
function closedAs(event: Uint8Array): string {
  const { payload } = readEnvelope(event, 'event', 'closed.json')
  return eventShape(parseJson(payload, MAX_PAYLOAD, 'closed.json'), 'closed.json').action
}
