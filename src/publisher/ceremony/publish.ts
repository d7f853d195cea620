import { EnsignError } from '../../base/errors.ts'
import { MAX_ROOT_ENVELOPE } from '../../base/limits.ts'
import { checkQuorum } from '../../bundle/release.ts'
import { releaseShape } from '../../bundle/shapes.ts'
import type { Source } from '../../bundle/source.ts'
import { countSigners } from '../../trust/quorum.ts'
import { openRootChain, type RootState } from '../../trust/root.ts'
import { readEnvelope, readPayload, verifyEnvelope } from '../../trust/statement.ts'
import type { RootEnvironment, RootPin } from '../../trust/types.ts'
import { readHead } from '../publish/current.ts'
import { policyPath, projectPath, releasePath, rootPath } from '../publish/paths.ts'
import { storeSource } from '../publish/sources.ts'
import { readRelease, readStops } from '../publish/stops.ts'
import { putOnce } from '../stores/files.ts'
import type { Store } from '../stores/store.ts'

export interface RootPublication {
  readonly store: Store
  readonly project: string
  readonly pin: RootPin
  readonly envelope: Uint8Array
  /** The policy file that the root names, where it is new. */
  readonly policy?: Uint8Array | undefined
  readonly orphan?: boolean
}

/** The chain of roots as a source has it, and as it would be with one statement more. */
export function openChain(
  source: Source,
  project: string,
  pin: RootPin,
  next?: { version: number; bytes: Uint8Array },
) {
  return openRootChain({
    pin,
    project,
    read: async version =>
      version === next?.version ? next.bytes : source.get(rootPath(version), { maxBytes: MAX_ROOT_ENVELOPE }),
  })
}

/**
 * Puts a root into the store, after every verifier's checks and one more: that it leaves nothing in force without
 * support. The environments log it when their publishers make the next head.
 */
export async function publishRoot(publication: RootPublication): Promise<RootState> {
  const { store, project, pin, envelope, policy } = publication
  const source = storeSource(store, project)
  const before = await openChain(source, project, pin)
  const version = before.payload.version + 1
  const known = await source.get(rootPath(before.payload.version), { maxBytes: MAX_ROOT_ENVELOPE })
  const digest = readEnvelope(envelope, 'root', 'the new root').digest
  if (before.digest === digest && known !== undefined) return before
  const after = await openChain(source, project, pin, { version, bytes: envelope })
  if (after.digest !== digest) throw new EnsignError('root_draft', 'the root does not follow the newest one')
  if (publication.orphan !== true) await refuseOrphans(source, before, after)
  if (after.payload.policy !== null) {
    const path = projectPath(project, policyPath(after.payload.policy))
    if (policy !== undefined) await putOnce(store, path, policy)
    else if ((await store.get(path)) === undefined) throw new EnsignError('policy_missing', 'the policy is not there')
  }
  await putOnce(store, projectPath(project, rootPath(version)), envelope)
  return after
}

async function refuseOrphans(source: Source, before: RootState, after: RootState): Promise<void> {
  for (const environment of after.payload.environments) {
    const known = before.payload.environments.some(({ name }) => name === environment.name)
    const head = known ? await readHead(source, before, environment.name) : undefined
    if (head === undefined) continue
    const { state } = head
    const fail = (what: string) => {
      throw new EnsignError('root_orphans', `${what} of ${environment.name} would stand without support`)
    }
    const binding = { project: after.payload.project, environment: environment.name, genesis: after.genesis }
    const path = releasePath(environment.name, state.release)
    const envelope = readEnvelope(await readRelease(source, path, state.release), 'release', path)
    const release = readPayload(envelope, releaseShape, binding)
    const isStanding = environment.standing?.release.digest === state.release.digest
    if (!isStanding && !(await hasQuorum(after, environment, release, envelope))) {
      fail(`release ${state.release.version}`)
    }
    for (const stop of await readStops(source, binding, state.stop, release.clears)) {
      if (stop.payload.version <= (environment.standing?.stop?.version ?? 0)) continue
      const signed = await verifyEnvelope(readEnvelope(stop.bytes, 'stop', 'stop'), after.keys)
      if (countSigners(signed, environment.stop) < 1) fail(`stop ${stop.payload.version}`)
    }
  }
}

async function hasQuorum(
  root: RootState,
  environment: RootEnvironment,
  release: Parameters<typeof checkQuorum>[0],
  envelope: Parameters<typeof verifyEnvelope>[0],
): Promise<boolean> {
  try {
    checkQuorum(release, await verifyEnvelope(envelope, root.keys), environment, false)
    return true
  } catch (error) {
    if (error instanceof EnsignError) return false
    throw error
  }
}
