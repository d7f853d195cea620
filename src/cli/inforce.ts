import { resolve } from 'node:path'
import { readStandpoint } from '../publisher/change/ground.ts'
import { expandEnvironment } from '../publisher/expand/environment.ts'
import type { PlainRules } from '../publisher/rules.ts'
import { readSoundWorkspace } from '../publisher/workspace/read.ts'
import type { Call, Option } from './command.ts'
import { AGAINST } from './options.ts'
import { placeOf, STORE, TO } from './place.ts'
import { secretsOf } from './workspace.ts'

/** What a command compares the files with. */
export const COMPARED: readonly Option[] = [AGAINST, STORE, TO]

export function isCompared(call: Call): boolean {
  return call.has('against') || call.has('store') || call.has('to')
}

/** The rules of each environment as another copy of the workspace says them, or as they are in force: verified. */
export async function inForceOf(call: Call, environments: readonly string[]): Promise<ReadonlyMap<string, PlainRules>> {
  const against = call.text('against')
  if (against === undefined) {
    call.progress('reading what is in force')
    const { viewOf } = await placeOf(call)
    const found = environments.map(async name => [name, (await readStandpoint(viewOf(name))).ground.rules] as const)
    return new Map(await Promise.all(found))
  }
  const workspace = await readSoundWorkspace(resolve(call.io.cwd, against))
  const options = { secrets: secretsOf(call, workspace), standIns: true }
  const known = environments.filter(name => workspace.project.content.environments.includes(name))
  return new Map(known.map(name => [name, expandEnvironment(workspace, name, options).rules]))
}
