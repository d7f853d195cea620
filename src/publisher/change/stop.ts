import { EnsignError } from '../../base/errors.ts'
import { formatTime } from '../../base/time.ts'
import type { StopPayload } from '../../bundle/types.ts'
import { sealStatement } from '../../trust/seal.ts'
import type { Signer } from '../../trust/signer.ts'
import type { Reference } from '../../trust/types.ts'
import type { Ground } from './draft.ts'
import type { View } from './ground.ts'

/** The next link of the chain of stops, signed by who stops. */
export async function sealStop(
  view: View,
  ground: Ground,
  stop: Pick<StopPayload, 'flags' | 'reason' | 'incident'>,
  signer: Signer,
): Promise<Uint8Array> {
  if (stop.reason.trim() === '') throw new EnsignError('reason_missing', 'a stop needs a reason')
  const payload: StopPayload = {
    type: 'stop',
    spec: 1,
    genesis: ground.genesis,
    project: view.project,
    environment: view.environment,
    version: (ground.stop?.version ?? 0) + 1,
    previous: ground.stop?.digest ?? null,
    created: formatTime(view.now()),
    ...stop,
  }
  return sealStatement(payload, [signer], Math.floor(view.now() / 1000))
}

export interface Lifted {
  /** What a release has to clear so that the flags are no longer stopped. */
  readonly clears: Reference
  /** All flags that run again then: a release resolves every stop up to one. */
  readonly flags: readonly string[]
}

export function liftOf({ stops, stop }: Ground, flags: readonly string[]): Lifted {
  const wanted = new Set(flags)
  const last = stops.findLastIndex(one => one.flags.some(flag => wanted.has(flag)))
  if (last < 0) throw new EnsignError('stop_nothing', 'none of these flags is stopped')
  const next = stops[last + 1]
  const clears = next === undefined ? stop! : { version: stops[last]!.version, digest: next.previous! }
  const held = new Set(stops.slice(last + 1).flatMap(one => one.flags))
  const lifted = stops
    .slice(0, last + 1)
    .flatMap(one => one.flags)
    .filter(flag => !held.has(flag))
  return { clears, flags: [...new Set(lifted)].sort() }
}
