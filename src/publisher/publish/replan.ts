import { EnsignError } from '../../base/errors.ts'
import { MAX_INDEX, MAX_MANIFEST } from '../../base/limits.ts'
import { releaseShape } from '../../bundle/shapes.ts'
import { readEnvelope, readPayload } from '../../trust/statement.ts'
import { bindingOf } from './binding.ts'
import type { Current } from './current.ts'
import type { LogState } from './logstate.ts'
import { manifestPath, partPath } from './paths.ts'
import type { Planner } from './plan.ts'
import { planEvent } from './planevent.ts'
import { planRelease } from './planrelease.ts'
import { planRoot } from './planroot.ts'
import { planStop } from './planstop.ts'
import type { ReleaseSubmission } from './types.ts'

/** What kind of append an unfinished one is, by its statement: the plan that would make it. */
export function plannerOf({ statements }: LogState): Planner {
  const [statement, ...more] = statements
  if (more.length > 0) throw new EnsignError('log_state', 'an append with several statements')
  if (statement === undefined) return planRoot
  const { path, bytes } = statement
  if (path.includes('/stops/')) return planStop(bytes)
  if (path.includes('/events/')) return planEvent(bytes)
  return async (publisher, current, at, inForce) =>
    planRelease(await fromStore(current, bytes))(publisher, current, at, inForce)
}

/** A release whose files are in the store already. */
export async function fromStore(current: Current, release: Uint8Array): Promise<ReleaseSubmission> {
  const { name } = current.environment
  const named = readPayload(readEnvelope(release, 'release', 'release'), releaseShape, bindingOf(current))
  const get = async (path: string, maxBytes: number) => {
    const bytes = await current.source.get(path, { maxBytes })
    if (bytes === undefined) throw new EnsignError('part_missing', 'a file of the release is not there', { at: path })
    return bytes
  }
  return {
    release,
    index: await get(partPath(name, named.parts.digest), MAX_INDEX),
    manifest: await get(manifestPath(name, named.manifest.digest), MAX_MANIFEST),
    parts: new Map(),
  }
}
