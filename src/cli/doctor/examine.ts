import { readStandpoint } from '../../publisher/change/ground.ts'
import { readDue } from '../../publisher/publish/due.ts'
import { readWorkspace } from '../../publisher/workspace/read.ts'
import type { Call } from '../command.ts'
import { type Place, placeOf } from '../place.ts'
import { findKeys } from './keyfiles.ts'
import type { Examined, ExaminedEnvironment, Tried } from './types.ts'

/** Reads everything once, and gives up nowhere: what cannot be read is itself a finding. */
export async function examine(call: Call): Promise<Examined> {
  const place = await placeOf(call)
  const { workspace, problems } = await readWorkspace(call.dir)
  const names = call.text('environment') === undefined ? place.environments : [place.environment]
  const environments: ExaminedEnvironment[] = []
  for (const name of names) environments.push(await examineOne(place, name))
  return {
    now: call.io.now(),
    place,
    workspace,
    problems: problems.filter(({ level }) => level === 'error'),
    root: await tried(place.chain()),
    keys: await findKeys(call),
    environments,
  }
}

async function examineOne({ store, project, viewOf, seenOf }: Place, name: string): Promise<ExaminedEnvironment> {
  const waiting = store === undefined ? undefined : await tried(readDue({ store, project, environment: name }))
  return {
    name,
    standpoint: await tried(readStandpoint(viewOf(name))),
    seen: await tried(seenOf(name).load()),
    due: waiting !== undefined && 'value' in waiting ? waiting.value.due : [],
  }
}

async function tried<T>(work: Promise<T>): Promise<Tried<T>> {
  try {
    return { value: await work }
  } catch (error) {
    return { error }
  }
}
