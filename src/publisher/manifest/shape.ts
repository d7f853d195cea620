import type { Json } from '../../base/json.ts'
import * as is from '../../trust/shape.ts'
import type { Audience, FutureTransition, Impact, Share } from '../diff/types.ts'
import type { Actor, Artifacts, Checks, Manifest, ManifestEvent, SourceOfChange } from './types.ts'

const MANY = 100_000
const words = is.text(/^[\s\S]{0,4000}$/)
const artifact = is.nullable(is.text(/^[\s\S]{1,500}$/))
const count = is.integer(0, Number.MAX_SAFE_INTEGER)
/** States of flags are whatever the rules say; they are compared with what is computed. */
const state = (value: unknown) => value as Json
const key = is.text(/^(?:segments\/)?[A-Za-z0-9._-]{1,128}$/)
const percent = is.text(/^\d{1,3}(?:\.\d{1,5})?$/)

const event = is.object<ManifestEvent>({
  event_id: is.text(/^evt-[0-9a-f]{32}$/),
  timestamp_utc: is.time,
  actor: is.object<Actor>({ id: is.id, display_name: words, auth_method: words }),
  action: is.text(/^[a-z]{1,32}$/),
  flag_key: key,
  environment: is.id,
  previous_state: state,
  new_state: state,
  reason: words,
  approval: is.object({ required: count }),
  linked_artifacts: is.object<Artifacts>({
    pr: artifact,
    build: artifact,
    ticket: artifact,
    commit: artifact,
    runbook: artifact,
    incident: artifact,
    experiment: artifact,
  }),
})

const shares = is.array(is.object<Share>({ variant: words, percent }), 0, MANY)

const impact = is.object<Impact>({
  flag_key: key,
  moved: percent,
  minimum: percent,
  audiences: is.array(
    is.object<Audience>({
      rules: is.array(words, 0, MANY),
      moved: percent,
      minimum: percent,
      before: shares,
      after: shares,
    }),
    0,
    MANY,
  ),
  readers: is.array(key, 0, MANY),
})

const transition = is.object<FutureTransition>({ flag_key: key, at: is.time, moved: percent, summary: words })

export const manifestShape = is.object<Manifest>({
  spec: is.only(1),
  project: is.id,
  environment: is.id,
  release: is.object({ version: is.version, previous: is.nullable(is.digest) }),
  events: is.array(event, 0, MANY),
  checks: is.object<Checks>({
    lint: is.object({ errors: count, warnings: count }),
    tests: is.object({ passed: count, failed: count, flags: is.array(key, 0, MANY) }),
  }),
  policy: is.nullable(is.digest),
  source: is.object<SourceOfChange>({ repository: artifact, commit: artifact, ci_run: artifact }),
  impact: is.array(impact, 0, MANY),
  transitions: is.array(transition, 0, MANY),
  clears: is.nullable(is.reference),
})
