import { resolve } from 'node:path'
import { readStandpoint, type Standpoint } from '../publisher/change/ground.ts'
import { expandEnvironment } from '../publisher/expand/environment.ts'
import type { OverdueStop } from '../publisher/lint/types.ts'
import { hoursToRatify, overdueStops, overdueText } from '../publisher/policy/ratify.ts'
import { policyOfRoot } from '../publisher/publish/judgepolicy.ts'
import type { PlainRules } from '../publisher/rules.ts'
import { readSoundWorkspace } from '../publisher/workspace/read.ts'
import type { Call, Option } from './command.ts'
import { AGAINST } from './options.ts'
import { type Place, placeOf, STORE, TO } from './place.ts'
import { nowOf, secretsOf } from './workspace.ts'

/** What a command compares the files with. */
export const COMPARED: readonly Option[] = [AGAINST, STORE, TO]

export function isCompared(call: Call): boolean {
  return call.has('against') || call.has('store') || call.has('to')
}

export interface Compared {
  readonly rules: PlainRules
  /** Where the rules are from, for people. */
  readonly base: string
  readonly overdue: readonly OverdueStop[]
}

async function standpointOf({ source, call }: Place, { ground, head, root }: Standpoint): Promise<Compared> {
  const release = ground.release === null ? 'nothing in force yet' : `release ${ground.release.version}`
  const hours = hoursToRatify(await policyOfRoot(source, root))
  const overdue = overdueStops(ground.stops, hours, nowOf(call)).map(stop => {
    return { environment: ground.environment, flags: stop.flags, what: overdueText(stop, hours) }
  })
  const base = head === undefined ? release : `${release}, in force since ${head.state.since}`
  return { rules: ground.rules, base, overdue }
}

/** The rules of each environment as another copy of the workspace says them, or as they are in force: verified. */
export async function comparedOf(call: Call, environments: readonly string[]): Promise<ReadonlyMap<string, Compared>> {
  const against = call.text('against')
  if (against === undefined) {
    call.progress('reading what is in force')
    const place = await placeOf(call)
    const found = environments.map(async name => {
      return [name, await standpointOf(place, await readStandpoint(place.viewOf(name)))] as const
    })
    return new Map(await Promise.all(found))
  }
  const workspace = await readSoundWorkspace(resolve(call.io.cwd, against))
  const options = { secrets: secretsOf(call, workspace), standIns: true }
  const known = environments.filter(name => workspace.project.content.environments.includes(name))
  return new Map(
    known.map(name => [name, { rules: expandEnvironment(workspace, name, options).rules, base: against, overdue: [] }]),
  )
}

/** The same, the rules alone. */
export async function inForceOf(call: Call, environments: readonly string[]): Promise<ReadonlyMap<string, PlainRules>> {
  return rulesOf(await comparedOf(call, environments))
}

export function rulesOf(compared: ReadonlyMap<string, Compared>): ReadonlyMap<string, PlainRules> {
  return new Map([...compared].map(([name, { rules }]) => [name, rules]))
}
