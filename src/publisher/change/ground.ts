import { EnsignError } from '../../base/errors.ts'
import { MAX_ROOT_ENVELOPE } from '../../base/limits.ts'
import { openState } from '../../bundle/open.ts'
import { releaseShape } from '../../bundle/shapes.ts'
import type { Source } from '../../bundle/source.ts'
import type { VerifiedState } from '../../bundle/state.ts'
import type { HeadPayload } from '../../bundle/types.ts'
import { environmentOf, openRootChain, type RootState } from '../../trust/root.ts'
import { readEnvelope, readPayload } from '../../trust/statement.ts'
import type { RootEnvironment, RootPin } from '../../trust/types.ts'
import { readRules } from '../manifest/readrules.ts'
import { readHead } from '../publish/current.ts'
import { releasePath, rootPath } from '../publish/paths.ts'
import { UNSUPPORTED } from '../publish/run.ts'
import { type Seen, storeWentBack, wentBack } from '../publish/seen.ts'
import { readRelease, readStops } from '../publish/stops.ts'
import { NO_RULES } from '../rules.ts'
import type { Ground } from './draft.ts'

/** Where a person on a laptop looks: any source will do, a server, a folder, a copy; nothing of it is trusted. */
export interface View {
  readonly source: Source
  readonly project: string
  readonly environment: string
  readonly root: RootPin
  readonly now: () => number
  /** What no source may be behind, for those who sign what they are shown. */
  readonly seen?: Pick<Seen, 'load'>
}

export interface Standpoint {
  readonly root: RootState
  readonly environment: RootEnvironment
  readonly head: HeadPayload | undefined
  /** As a client takes it; undefined before the first release, and where the newest root supports it no more. */
  readonly state: VerifiedState | undefined
  readonly ground: Ground
}

/** What is in force; an expired head is good enough to propose on, and so is a release that lost its support. */
export async function readStandpoint(view: View): Promise<Standpoint> {
  const { source, project, environment: name, root: pin, now } = view
  const root = await openRootChain({
    pin,
    project,
    read: version => source.get(rootPath(version), { maxBytes: MAX_ROOT_ENVELOPE }),
  })
  const environment = environmentOf(root, name)
  const head = await readHead(source, root, name)
  const bare = { genesis: root.genesis, project, environment: name }
  const memory = await view.seen?.load()
  if (head === undefined) {
    if (memory !== undefined && memory.epoch >= environment.epoch) throw storeWentBack(memory, 'there is no head')
    if (environment.standing !== null) {
      throw new EnsignError('root_mismatch', 'nothing is published under the newest epoch yet', {
        cure: 'Let `ensign refresh` begin it.',
      })
    }
    const ground = { ...bare, release: null, count: undefined, clears: null, rules: NO_RULES, stop: null, stops: [] }
    return { root, environment, head, state: undefined, ground }
  }
  const options = { source, project, environment: name, root: pin, now: now(), allowStale: true, memory }
  const state = await openState(options).catch(error => {
    if (error instanceof EnsignError && UNSUPPORTED.has(error.code)) return undefined
    throw wentBack(error, memory)
  })
  const { release, stop } = head.state
  const at = releasePath(name, release)
  const envelope = readEnvelope(await readRelease(source, at, release), 'release', at)
  const { clears, parts } = readPayload(envelope, releaseShape, bare)
  const stops = await readStops(source, bare, stop, clears)
  const ground: Ground = {
    ...bare,
    release: { version: release.version, digest: release.digest },
    count: parts.count,
    clears,
    rules: await readRules(source, { environment: name, parts }, state),
    stop: stop === null ? null : { version: stop.version, digest: stop.digest },
    stops: stops.map(({ payload }) => payload),
  }
  return { root, environment, head, state, ground }
}
