import { canonicalBytes, type Json } from '../../base/json.ts'
import type { VerifiedState } from '../../bundle/state.ts'
import type { EventEntry, StateEntry } from '../../bundle/types.ts'
import type { LoggedReference } from '../../trust/types.ts'
import type { Current } from './current.ts'
import type { LogState } from './logstate.ts'
import type { Notice, Publisher } from './types.ts'

/** A statement that an append commits to. */
export interface PlannedStatement {
  readonly path: string
  readonly bytes: Uint8Array
}

/** What an append adds to a log, judged and not yet written. */
export interface Plan {
  readonly entries: readonly Uint8Array[]
  readonly statements: readonly PlannedStatement[]
  /** Content-addressed files that must be there first, by path. */
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly notices: readonly Notice[]
}

export const NO_FILES: ReadonlyMap<string, Uint8Array> = new Map()

/** One kind of append. `null`: it is in the log already, and there is nothing to do. */
export type Planner = (
  publisher: Publisher,
  current: Current,
  at: number,
  /** `current` as it was verified; undefined where there is nothing that counts. */
  inForce: VerifiedState | undefined,
) => Promise<Plan | null>

interface Change {
  readonly release?: LoggedReference
  readonly stop?: LoggedReference | null
  readonly since?: string
  readonly event?: { readonly digest: string; readonly envelope: string }
}

/** The entries of one append: perhaps an event, and always the state at the end, under the newest root. */
export function entriesFor({ root, environment, base }: Current, change: Change): Uint8Array[] {
  const { project } = root.payload
  const lineage = { genesis: root.genesis, project, environment: environment.name }
  const release = change.release ?? base.state!.release
  const state: StateEntry = {
    type: 'state',
    ...lineage,
    root: { version: root.payload.version, digest: root.digest },
    release,
    stop: change.stop === undefined ? (base.state?.stop ?? null) : change.stop,
    since: change.since ?? base.state!.since,
  }
  const event: EventEntry | undefined =
    change.event === undefined ? undefined : { type: 'event', ...lineage, ...change.event }
  return [event, state].flatMap(entry => (entry === undefined ? [] : [canonicalBytes(entry as unknown as Json)]))
}

export function logStateOf(current: Current, plan: Plan): LogState {
  return { base: current.base.tree, entries: plan.entries, statements: plan.statements }
}
