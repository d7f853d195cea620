import { must } from '../base/must.ts'
import { countSigners } from '../trust/quorum.ts'
import type { Reference, RootEnvironment } from '../trust/types.ts'
import type { Anchor } from './memory.ts'
import type { Statement } from './state.ts'
import type { ReleasePayload, StateEntry, StopPayload } from './types.ts'

type ReadStop = Statement<StopPayload>

const AT = 'stops'

/** The run goes without a gap from what the release clears to what the head names. */
export function checkRun(stops: readonly ReadStop[], release: ReleasePayload, state: StateEntry): void {
  let before: Reference | null = release.clears
  for (const [i, { payload, digest }] of stops.entries()) {
    const follows = payload.version === (before?.version ?? 0) + 1 && payload.previous === (before?.digest ?? null)
    must('9.1', follows, 'stop_gap', `${AT}/${i}`)
    before = { version: payload.version, digest }
  }
  const last = before?.version === state.stop?.version && before?.digest === state.stop?.digest
  must('9.2', last, 'stop_gap', AT)
  const logged = stops.length === 0 || stops.at(-1)!.envelope === state.stop!.envelope
  must('9.3', logged, 'not_logged', AT)
}

/** Each is signed by one person of the newest root's `stop`, or stands on the chain that the root vouches for. */
export function checkStoppers(stops: readonly ReadStop[], one: RootEnvironment): void {
  const vouched = one.standing?.stop?.version ?? 0
  for (const [i, { payload, signed }] of stops.entries()) {
    const counts = payload.version <= vouched || countSigners(signed, one.stop) >= 1
    must('9.5', counts, 'stop_signer', `${AT}/${i}`)
  }
}

/** The stop of each anchor stands at its place, where that is still to be seen. */
export function checkAnchored(stops: readonly ReadStop[], release: ReleasePayload, anchors: readonly Anchor[]): void {
  const seen = new Map(stops.map(({ payload, digest }) => [payload.version, digest]))
  if (release.clears !== null) seen.set(release.clears.version, release.clears.digest)
  for (const { stop } of anchors) {
    const digest = stop === null ? undefined : (seen.get(stop.version) ?? stop.digest)
    must('9.4', digest === stop?.digest, 'stop_fork', AT)
  }
}
