import { EnsignError } from '../../base/errors.ts'
import type { Json } from '../../base/json.ts'
import { MAX_MANIFEST } from '../../base/limits.ts'
import { formatTime } from '../../base/time.ts'
import { bySigning } from '../../trust/order.ts'
import { readManifest } from '../manifest/check.ts'
import { type Artifacts, NO_ARTIFACTS } from '../manifest/types.ts'
import { manifestPath } from '../publish/paths.ts'
import { type Finding, type Ledger, type Logged, type Step, walkLog } from './walk.ts'

/** One line of evidence, with the field names that auditors use. */
export interface AuditRow {
  readonly entry: number
  readonly event_id: string
  readonly timestamp_utc: string
  readonly actor: { readonly id: string; readonly display_name: string; readonly auth_method: string }
  readonly action: string
  readonly flag_key: string | null
  readonly environment: string
  readonly previous_state: Json
  readonly new_state: Json
  readonly reason: string
  readonly approval: {
    readonly required: number
    readonly approved_by: readonly string[]
    readonly approved_at: readonly string[]
    /** Digest of the statement and thumbprints of the keys: what the signatures are over, and whose they are. */
    readonly approval_proof: string | null
  }
  readonly linked_artifacts: Artifacts
}

/** The whole log as evidence: releases by their events, stops by flag, roots, and all that was logged beside. */
export async function* auditRows(ledger: Ledger, tell: (finding: Finding) => void): AsyncGenerator<AuditRow> {
  for await (const step of walkLog(ledger, tell)) {
    for (const event of step.events) yield eventRow(step, event)
    if (step.release !== undefined) yield* await releaseRows(ledger, step, step.release, tell)
    if (step.stop !== undefined) yield* stopRows(step, step.stop)
    if (step.before !== undefined && step.before.root.digest !== step.state.root.digest) yield rootRow(step)
  }
}

const NOBODY = { required: 0, approved_by: [], approved_at: [], approval_proof: null }

async function releaseRows(
  { source, head }: Ledger,
  { index }: Step,
  { payload, digest, signed }: NonNullable<Step['release']>,
  tell: (finding: Finding) => void,
): Promise<AuditRow[]> {
  const path = manifestPath(head.environment, payload.manifest.digest)
  const bytes = await source.get(path, { maxBytes: MAX_MANIFEST })
  const approvals = bySigning(signed).filter(({ person }) => person !== payload.author)
  try {
    if (bytes === undefined) throw new EnsignError('manifest', `${path} is gone`)
    return (await readManifest(bytes, payload.manifest)).events.map(event => ({
      entry: index,
      ...event,
      approval: {
        required: event.approval.required,
        approved_by: approvals.map(({ person }) => person),
        approved_at: approvals.map(({ iat }) => formatTime(iat * 1000)),
        approval_proof: `${digest} ${signed.map(({ kid }) => kid).join(' ')}`,
      },
    }))
  } catch (error) {
    if (!(error instanceof EnsignError)) throw error
    tell({ entry: index, code: error.code, what: error.message })
    return []
  }
}

function* stopRows(
  { index, state }: Step,
  { payload, digest, signed }: NonNullable<Step['stop']>,
): Generator<AuditRow> {
  for (const flag of payload.flags) {
    yield {
      entry: index,
      event_id: `stp-${digest.slice(0, 32)}-${flag}`,
      timestamp_utc: payload.created,
      actor: actorOf(signed[0]?.person),
      action: 'stop',
      flag_key: flag,
      environment: state.environment,
      previous_state: { stopped: false },
      new_state: { stopped: true },
      reason: payload.reason,
      approval: { ...NOBODY, approval_proof: `${digest} ${signed.map(({ kid }) => kid).join(' ')}` },
      linked_artifacts: { ...NO_ARTIFACTS, incident: payload.incident },
    }
  }
}

function rootRow({ index, before, state, root }: Step): AuditRow {
  const signed = bySigning(root.signed)
  return {
    entry: index,
    event_id: `rot-${root.digest.slice(0, 32)}`,
    timestamp_utc: root.payload.issued,
    actor: actorOf(signed[0]?.person),
    action: 'root',
    flag_key: null,
    environment: state.environment,
    previous_state: { version: before!.root.version },
    new_state: { version: state.root.version },
    reason: 'a new root',
    approval: {
      required: root.payload.root.threshold,
      approved_by: signed.map(({ person }) => person),
      approved_at: signed.map(({ iat }) => formatTime(iat * 1000)),
      approval_proof: `${root.digest} ${signed.map(({ kid }) => kid).join(' ')}`,
    },
    linked_artifacts: NO_ARTIFACTS,
  }
}

function eventRow(
  { index, state }: Step,
  { payload, digest, signed }: Logged<Step['events'][number]['payload']>,
): AuditRow {
  return {
    entry: index,
    event_id: `evn-${digest.slice(0, 32)}`,
    timestamp_utc: payload.created,
    actor: actorOf(signed[0]?.person),
    action: payload.action,
    flag_key: null,
    environment: state.environment,
    previous_state: null,
    new_state: payload.subject === null ? null : { ...payload.subject },
    reason: payload.reason,
    approval: { ...NOBODY, approval_proof: `${digest} ${signed.map(({ kid }) => kid).join(' ')}` },
    linked_artifacts: NO_ARTIFACTS,
  }
}

function actorOf(person: string | undefined): AuditRow['actor'] {
  return { id: person ?? 'unknown', display_name: person ?? 'unknown', auth_method: 'key' }
}
