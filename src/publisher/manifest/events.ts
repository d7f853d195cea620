import { hex, utf8 } from '../../base/bytes.ts'
import type { Json } from '../../base/json.ts'
import { sha256 } from '../../base/sha256.ts'
import type { StopPayload } from '../../bundle/types.ts'
import type { Reference } from '../../trust/types.ts'
import type { Change } from '../diff/types.ts'

/** What is computed from the rules and stops before and after, and never taken from an author's word. */
export interface Computed {
  readonly action: string
  readonly flag_key: string
  readonly previous_state: Json
  readonly new_state: Json
}

/** `stops` are those in force before; what the release clears of them is lifted, unless a later one holds it. */
export function computedEvents(
  changes: readonly Change[],
  stops: readonly StopPayload[],
  clears: Reference | null,
): Computed[] {
  const cleared = clears?.version ?? 0
  const held = new Set(stops.filter(stop => stop.version > cleared).flatMap(stop => stop.flags))
  const lifted = new Map<string, number[]>()
  for (const { version, flags } of stops) {
    if (version > cleared) continue
    for (const flag of flags) if (!held.has(flag)) lifted.set(flag, [...(lifted.get(flag) ?? []), version])
  }
  const resumed = [...lifted]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([flag_key, versions]) => ({
      action: 'resume',
      flag_key,
      previous_state: { stopped_by: versions },
      new_state: { stopped_by: [] },
    }))
  return [
    ...changes.map(({ action, flag_key, previous_state, new_state }) => ({
      action,
      flag_key,
      previous_state,
      new_state,
    })),
    ...resumed,
  ]
}

/** The same for the same event of the same release, wherever it is computed. */
export function eventId(genesis: string, environment: string, version: number, { action, flag_key }: Computed): string {
  const id = hex(sha256(utf8([genesis, environment, version, action, flag_key].join('\n')))).slice(0, 32)
  return `evt-${id}`
}
