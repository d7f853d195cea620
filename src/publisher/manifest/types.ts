import type { Json } from '../../base/json.ts'
import type { Reference } from '../../trust/types.ts'
import type { FutureTransition, Impact } from '../diff/types.ts'

/** What a change is linked to. Free text of the author, `null` where there is none. */
export interface Artifacts {
  readonly pr: string | null
  readonly build: string | null
  readonly ticket: string | null
  readonly commit: string | null
  readonly runbook: string | null
  readonly incident: string | null
  readonly experiment: string | null
}

export const NO_ARTIFACTS: Artifacts = {
  pr: null,
  build: null,
  ticket: null,
  commit: null,
  runbook: null,
  incident: null,
  experiment: null,
}

export interface Actor {
  readonly id: string
  readonly display_name: string
  readonly auth_method: string
}

/** One semantic change, with the field names that auditors use. */
export interface ManifestEvent {
  readonly event_id: string
  readonly timestamp_utc: string
  readonly actor: Actor
  /** An action of the difference, or `resume`: a stop that is lifted. */
  readonly action: string
  readonly flag_key: string
  readonly environment: string
  readonly previous_state: Json
  readonly new_state: Json
  readonly reason: string
  readonly approval: { readonly required: number }
  readonly linked_artifacts: Artifacts
}

export interface Checks {
  readonly lint: { readonly errors: number; readonly warnings: number }
  readonly tests: { readonly passed: number; readonly failed: number; readonly flags: readonly string[] }
}

export interface SourceOfChange {
  readonly repository: string | null
  readonly commit: string | null
  readonly ci_run: string | null
}

/** The audit manifest of a release: JCS, named by its SHA-256, for people and auditors. */
export interface Manifest {
  readonly spec: 1
  readonly project: string
  readonly environment: string
  readonly release: { readonly version: number; readonly previous: string | null }
  readonly events: readonly ManifestEvent[]
  readonly checks: Checks
  /** Digest of the rules of change that the author's command went by. */
  readonly policy: string | null
  readonly source: SourceOfChange
  readonly impact: readonly Impact[]
  readonly transitions: readonly FutureTransition[]
  readonly clears: Reference | null
}
