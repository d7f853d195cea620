import { EnsignError } from '../base/errors.ts'
import type { View } from '../publisher/change/ground.ts'
import { fileSeen, type Seen, seenFile } from '../publisher/publish/seen.ts'
import { openRootChain, type RootState } from '../trust/root.ts'
import type { Call } from './command.ts'
import type { Place } from './place.ts'

/** What no store may be behind, by whatever way it is known here. */

/** What this machine has seen in force. */
export function ownSeen(call: Call, environment: string): Seen {
  return fileSeen(seenFile(call.dir, environment))
}

/** For those who sign what they are shown. Who only looks may look at an old copy too. */
export function signingView(place: Place, environment = place.environment): View {
  return { ...place.viewOf(environment), seen: place.seenOf(environment) }
}

/** A root that the workspace keeps and that follows the newest one of the store was published, and is not there any more. */
export async function notBehind(newest: RootState, roots: ReadonlyMap<number, Uint8Array>): Promise<RootState> {
  const { version, project } = newest.payload
  const next = roots.get(version + 1)
  if (next === undefined) return newest
  const read = async (wanted: number) => (wanted === version + 1 ? next : undefined)
  const follows = await openRootChain({ pin: next, project, from: newest, read }).catch(() => undefined)
  if (follows === undefined) return newest
  throw new EnsignError(
    'store_went_back',
    `the store ends with root ${version}, and the workspace has root ${version + 1}`,
    {
      at: `roots/${version + 1}.json`,
      cure: `Name the store that is up to date. If there is none any more, copy that file to v1/${project}/roots/ in it.`,
    },
  )
}
