import { join } from 'node:path'
import { EnsignError } from '../../base/errors.ts'
import { parseJson } from '../../base/json.ts'
import { MAX_INDEX, MAX_SIGNABLE_PAYLOAD } from '../../base/limits.ts'
import { parseTime } from '../../base/time.ts'
import { releaseShape } from '../../bundle/shapes.ts'
import type { ReleasePayload } from '../../bundle/types.ts'
import { bySigning } from '../../trust/order.ts'
import { type Envelope, readEnvelope, readPayload, verifyEnvelope } from '../../trust/statement.ts'
import type { Signed } from '../../trust/types.ts'
import type { Change } from '../diff/types.ts'
import { type CheckedManifest, checkManifest, readManifest } from '../manifest/check.ts'
import { readRules } from '../manifest/readrules.ts'
import type { Manifest } from '../manifest/types.ts'
import { judgeRelease } from '../policy/judge.ts'
import { requestOf } from '../policy/request.ts'
import type { Refusal } from '../policy/types.ts'
import { policyOfRoot, ripeness } from '../publish/judgepolicy.ts'
import { partPath } from '../publish/paths.ts'
import { overlay } from '../publish/sources.ts'
import type { PlainRules } from '../rules.ts'
import { type ChangeFiles, envelopeOf, type NewChange, readSignatures } from './change.ts'
import { readWhole } from './folder.ts'
import { readStandpoint, type Standpoint, type View } from './ground.ts'
import { filesOfChange, rulesBefore } from './own.ts'
import { type Patch, patchOf, samePatch } from './patch.ts'

/** What would be signed, computed from the files and from what is in force; nothing is the author's word but his reason. */
export interface Review {
  readonly change: ChangeFiles
  readonly standpoint: Standpoint
  readonly manifest: Manifest
  /** In the words of people, by key. */
  readonly changes: readonly Change[]
  readonly patch: Patch
  /** In the order of signing, by the signers' own clocks; of one second by name. */
  readonly signed: readonly Signed[]
  readonly approvals: { readonly given: readonly string[]; readonly required: number; readonly who: readonly string[] }
  /** What the rules of change still say no to. */
  readonly refusals: readonly Refusal[]
  /** People whose approval of an earlier round was for this very change on another base. */
  readonly carried: readonly string[]
}

/** `known`: what was found in force just before, in the same command. */
export async function review(view: View, change: ChangeFiles, known?: Standpoint): Promise<Review> {
  const standpoint = known ?? (await readStandpoint(view))
  const { ground } = standpoint
  const statement = statementOf(change, standpoint)
  const { payload } = statement
  const source = overlay(view.source, filesOfChange(change))
  const after = await readRules(source, payload, standpoint.state)
  const manifest = await readManifest(change.manifest, payload.manifest)
  const checked = await checkManifest(manifest, payload, {
    ...bindingOf(standpoint),
    version: payload.version,
    previous: payload.previous,
    created: payload.created,
    before: ground.rules,
    after,
    stops: ground.stops,
    clears: payload.clears,
  })
  return reviewed(view, standpoint, change, statement, { ...checked, after })
}

/**
 * Of what this very command has made and written. It holds what the files say, and computed it from the rules: who reads
 * the files, to approve or to publish, computes all of it again.
 */
export async function reviewOwn(view: View, change: ChangeFiles, { standpoint, draft }: NewChange): Promise<Review> {
  const { manifest, analysis, rules: after } = draft
  return reviewed(view, standpoint, change, statementOf(change, standpoint), { manifest, analysis, after })
}

const bindingOf = ({ ground: { project, environment, genesis } }: Standpoint) => ({ project, environment, genesis })

interface Statement {
  readonly envelope: Envelope
  readonly payload: ReleasePayload
}

function statementOf(change: ChangeFiles, standpoint: Standpoint): Statement {
  const envelope = readEnvelope(envelopeOf(change), 'release', `changes/${change.id}`)
  const payload = readPayload(envelope, releaseShape, bindingOf(standpoint))
  if (change.closed !== undefined) throw new EnsignError('change_closed', `changes/${change.id} is closed`)
  checkBase(payload, standpoint, change)
  return { envelope, payload }
}

/** Who signed, and what the rules of change say to it. */
async function reviewed(
  view: View,
  standpoint: Standpoint,
  change: ChangeFiles,
  { envelope, payload }: Statement,
  checked: CheckedManifest & { readonly after: PlainRules },
): Promise<Review> {
  const { ground, root, environment } = standpoint
  const { manifest, analysis, after } = checked
  const signed = await verifyEnvelope(envelope, root.keys)
  if (!signed.some(({ person }) => person === payload.author)) {
    throw new EnsignError('author_not_signed', `${payload.author} did not sign this`)
  }
  const patch = patchOf(ground.rules, after)
  const policy = await policyOfRoot(view.source, root)
  const at = Math.max(view.now(), parseTime(payload.effective.from)!)
  const judged = { ...checked, release: payload, signed, before: ground.rules, at }
  const refusals =
    policy === undefined
      ? []
      : judgeRelease(policy, requestOf(judged, await ripeness(view.source, root, policy, judged)))
  const given = environment.approve.filter(
    person => person !== payload.author && signed.some(one => one.person === person),
  )
  return {
    change,
    standpoint,
    manifest,
    changes: analysis.changes,
    patch,
    signed: bySigning(signed),
    approvals: {
      given,
      required: manifest.events.reduce(
        (most, { approval }) => Math.max(most, approval.required),
        environment.approvals,
      ),
      who: environment.approve.filter(person => person !== payload.author && !given.includes(person)),
    },
    refusals,
    carried: await carriedFrom(view, standpoint, change, patch),
  }
}

function checkBase({ version, previous }: ReleasePayload, { ground }: Standpoint, change: ChangeFiles): void {
  const last = ground.release
  if (last?.digest === change.digest) throw new EnsignError('release_passed', 'this release is in force already')
  if (version === (last?.version ?? 0) + 1 && previous === (last?.digest ?? null)) return
  throw new EnsignError('change_moved', `it was proposed on top of release ${version - 1}`, {
    cure: `Release ${last?.version ?? 0} is in force. Give \`ensign propose --again ${change.id}\`.`,
  })
}

/** The round before was for the same edits: then its approvers have seen all of this, and only the base is another. */
async function carriedFrom(
  { source }: View,
  { root, ground }: Standpoint,
  change: ChangeFiles,
  patch: Patch,
): Promise<string[]> {
  if (change.round === 1) return []
  const dir = join(change.dir, 'rounds', String(change.round - 1))
  const payloadBytes = await readWhole(join(dir, 'payload.json'), MAX_SIGNABLE_PAYLOAD)
  const index = await readWhole(join(dir, 'index.json'), MAX_INDEX)
  const signatures = await readSignatures(dir, `changes/${change.id}/rounds/${change.round - 1}`)
  if (payloadBytes === undefined || index === undefined || signatures.length === 0) return []
  const payload = releaseShape(parseJson(payloadBytes, MAX_SIGNABLE_PAYLOAD), 'payload')
  const envelope = readEnvelope(envelopeOf({ payloadBytes, signatures }), 'release', 'the round before')
  const signed = await verifyEnvelope(envelope, root.keys)
  const parts = new Map([...change.parts, [payload.parts.digest, index]])
  const files = new Map([...parts].map(([digest, bytes]) => [partPath(ground.environment, digest), bytes]))
  const before = await rulesBefore(source, payload)
  const after = await readRules(overlay(source, files), payload)
  if (!samePatch(patchOf(before, after), patch)) return []
  return [...new Set(signed.map(({ person }) => person))].filter(person => person !== payload.author)
}
