import { EnsignError } from '../../base/errors.ts'
import { MAX_ROOT_ENVELOPE } from '../../base/limits.ts'
import { openState } from '../../bundle/open.ts'
import type { Source } from '../../bundle/source.ts'
import type { VerifiedState } from '../../bundle/state.ts'
import { environmentOf, openRootChain, type RootState } from '../../trust/root.ts'
import type { RootEnvironment, RootPin } from '../../trust/types.ts'
import { readRules } from '../manifest/readrules.ts'
import { rootPath } from '../publish/paths.ts'
import { NO_RULES } from '../rules.ts'
import type { Ground } from './draft.ts'

/** Where a person on a laptop looks: any source will do, a server, a folder, a copy; nothing of it is trusted. */
export interface View {
  readonly source: Source
  readonly project: string
  readonly environment: string
  readonly root: RootPin
  readonly now: () => number
}

export interface Standpoint {
  readonly root: RootState
  readonly environment: RootEnvironment
  /** Undefined before the first release. */
  readonly state: VerifiedState | undefined
  readonly ground: Ground
}

/** What is in force, verified as an SDK does it; an expired head is good enough to propose on. */
export async function readStandpoint(view: View): Promise<Standpoint> {
  const { source, project, environment: name, root: pin } = view
  const root = await openRootChain({
    pin,
    project,
    read: version => source.get(rootPath(version), { maxBytes: MAX_ROOT_ENVELOPE }),
  })
  const environment = environmentOf(root, name)
  const state = await openState({
    source,
    project,
    environment: name,
    root: pin,
    now: view.now(),
    allowStale: true,
  }).catch(error => {
    if (error instanceof EnsignError && error.code === 'no_release') return undefined
    throw error
  })
  const ground: Ground = {
    genesis: root.genesis,
    project,
    environment: name,
    release: state === undefined ? null : { version: state.release.version, digest: state.memory.release.digest },
    count: state?.release.parts.count,
    clears: state?.release.clears ?? null,
    rules: state === undefined ? NO_RULES : await readRules(source, state.release),
    stops: state?.stops ?? [],
  }
  return { root, environment, state, ground }
}
