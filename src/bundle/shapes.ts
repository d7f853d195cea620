import { MAX_INDEX, MAX_PARTS_COUNT, MAX_STOP_FLAGS_COUNT } from '../base/limits.ts'
import * as is from '../trust/shape.ts'
import type { HeadPayload, ReleasePayload, StateEntry, StopPayload } from './types.ts'

const flagKey = is.text(/^[A-Za-z0-9._-]{1,128}$/)
/** What every payload but a root's says of where it belongs. */
export const lineage = { genesis: is.digest, project: is.id, environment: is.id }

export const releaseShape = is.object<ReleasePayload>({
  type: is.only('release'),
  spec: is.only(1),
  ...lineage,
  version: is.version,
  previous: is.nullable(is.digest),
  author: is.id,
  created: is.time,
  effective: is.object({ from: is.time, until: is.time }),
  parts: is.object({
    digest: is.digest,
    size: is.integer(1, MAX_INDEX),
    count: is.integer(1, MAX_PARTS_COUNT),
  }),
  manifest: is.object({ digest: is.digest, size: is.size }),
  clears: is.nullable(is.reference),
})

export const stopShape = is.object<StopPayload>({
  type: is.only('stop'),
  spec: is.only(1),
  ...lineage,
  version: is.version,
  previous: is.nullable(is.digest),
  created: is.time,
  flags: is.sorted(flagKey, key => key, 1, MAX_STOP_FLAGS_COUNT),
  reason: is.prose,
  incident: is.nullable(is.prose),
})

export const stateShape = is.object<StateEntry>({
  type: is.only('state'),
  ...lineage,
  root: is.reference,
  release: is.loggedReference,
  stop: is.nullable(is.loggedReference),
  since: is.time,
})

export const headShape = is.object<HeadPayload>({
  type: is.only('head'),
  spec: is.only(1),
  ...lineage,
  epoch: is.version,
  sequence: is.version,
  issued: is.time,
  expires: is.time,
  state: stateShape,
  log: is.object({ origin: is.origin, size: is.version, root: is.digest }),
})
