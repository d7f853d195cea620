import { EnsignError } from '../../base/errors.ts'
import type { Json } from '../../base/json.ts'
import { printLargeBytes } from '../../base/largejson.ts'
import { MAX_MANIFEST } from '../../base/limits.ts'
import type { StopPayload } from '../../bundle/types.ts'
import type { Reference } from '../../trust/types.ts'
import type { PlainRules } from '../rules.ts'
import { analyse } from './analyse.ts'
import type { CheckedManifest } from './check.ts'
import { computedEvents, eventId } from './events.ts'
import type { Actor, Artifacts, Checks, Manifest, SourceOfChange } from './types.ts'

/** What a release does, as it follows from what is in force and what shall be. */
export interface ManifestFacts {
  readonly genesis: string
  readonly project: string
  readonly environment: string
  readonly version: number
  readonly previous: string | null
  readonly created: string
  readonly before: PlainRules
  readonly after: PlainRules
  /** In force before. */
  readonly stops: readonly StopPayload[]
  readonly clears: Reference | null
}

/** Why, in the author's words; of one flag where several changes share a release. */
export interface Story {
  readonly reason: string
  readonly artifacts: Artifacts
}

export interface ManifestAuthor {
  readonly actor: Actor
  readonly story: (flag: string, action: string) => Story
  readonly required: number
  readonly checks: Checks
  readonly policy: string | null
  readonly source: SourceOfChange
}

export async function buildManifest(facts: ManifestFacts, author: ManifestAuthor): Promise<CheckedManifest> {
  const { genesis, project, environment, version, previous, created, clears } = facts
  const analysis = analyse(facts.before, facts.after, created)
  const { changes, impact, transitions } = analysis
  const approval = { required: author.required }
  const events = computedEvents(changes, facts.stops, clears).map(one => {
    const { reason, artifacts } = author.story(one.flag_key, one.action)
    if (reason.trim() === '') throw new EnsignError('reason_missing', 'a change needs a reason', { at: one.flag_key })
    // In the order in which they are printed: ten thousand of them need not be put in order then.
    return {
      action: one.action,
      actor: author.actor,
      approval,
      environment,
      event_id: eventId(genesis, environment, version, one),
      flag_key: one.flag_key,
      linked_artifacts: artifacts,
      new_state: one.new_state,
      previous_state: one.previous_state,
      reason,
      timestamp_utc: created,
    }
  })
  const { checks, policy, source } = author
  const manifest: Manifest = {
    spec: 1,
    project,
    environment,
    release: { version, previous },
    events,
    checks,
    policy,
    source,
    impact,
    transitions,
    clears,
  }
  return { manifest, analysis }
}

export function printManifest(manifest: Manifest): Uint8Array<ArrayBuffer> {
  const bytes = printLargeBytes(manifest as unknown as Json)
  if (bytes.length > MAX_MANIFEST) {
    throw new EnsignError('too_large', `the audit manifest takes ${bytes.length} bytes, and ${MAX_MANIFEST} at most`, {
      cure: 'Propose fewer flags at a time.',
    })
  }
  return bytes
}
