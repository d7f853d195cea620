import { expandEnvironment } from '../publisher/expand/environment.ts'
import type { PlainRules } from '../publisher/rules.ts'
import type { Workspace } from '../publisher/workspace/types.ts'
import type { Call, Option } from './command.ts'
import { lastTouched } from './ledger.ts'
import { whole } from './numbers.ts'
import { STORE, TO } from './place.ts'
import type { Settling } from './stale.ts'

const DAYS: Option = {
  flags: '--days <n>',
  about: 'a flag that serves one variant to everyone counts after so many days without a change, by the log',
}

/** `--days`, and the store whose logs it reads. */
export const SETTLING: readonly Option[] = [DAYS, STORE, TO]

/** What `--days` asks for, from the logs of all environments. */
export async function settlingOf(call: Call, workspace: Workspace): Promise<Settling | undefined> {
  if (call.text('days') === undefined) return undefined
  const days = whole(call, 'days', 36_500)
  call.progress('reading the log')
  return { days, touched: await lastTouched({ ...call, dir: workspace.dir }, workspace.project.content.environments) }
}

/** The rules of each environment, as `propose` would make them. */
export function plainOf(workspace: Workspace): Map<string, PlainRules> {
  const { environments } = workspace.project.content
  return new Map(environments.map(name => [name, expandEnvironment(workspace, name, { standIns: true }).rules]))
}
