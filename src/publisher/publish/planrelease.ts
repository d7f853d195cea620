import { EnsignError } from '../../base/errors.ts'
import { MAX_INDEX, MAX_PART } from '../../base/limits.ts'
import { formatTime, parseTime } from '../../base/time.ts'
import { checkPart, readIndex } from '../../bundle/parts.ts'
import { checkQuorum, checkReleaseForm } from '../../bundle/release.ts'
import { releaseShape } from '../../bundle/shapes.ts'
import type { VerifiedState } from '../../bundle/state.ts'
import type { ReleasePayload, StateEntry } from '../../bundle/types.ts'
import { readEnvelope, readPayload, verifyEnvelope } from '../../trust/statement.ts'
import { checkManifest, readManifest } from '../manifest/check.ts'
import { readRules } from '../manifest/readrules.ts'
import { NO_RULES } from '../rules.ts'
import { bindingOf } from './binding.ts'
import { refuseClosed } from './closed.ts'
import type { Current } from './current.ts'
import { judgeUnderPolicy } from './judgepolicy.ts'
import { manifestPath, partPath, releasePath } from './paths.ts'
import { entriesFor, type Planner } from './plan.ts'
import { overlay } from './sources.ts'
import { readRelease, readStops } from './stops.ts'
import type { ReleaseSubmission } from './types.ts'

/**
 * A release: that it follows what is in force, has its quorum, names files that are there and are what it says, tells
 * the truth in its manifest, and keeps the rules of change. As an SDK would check it, and then some.
 */
export function planRelease(submission: ReleaseSubmission): Planner {
  return async (_publisher, current, at, inForce) => {
    const { environment, root } = current
    const { name } = environment
    const envelope = readEnvelope(submission.release, 'release', 'release')
    const release = readPayload(envelope, releaseShape, bindingOf(current))
    const reference = { version: release.version, digest: envelope.digest, envelope: envelope.envelope }
    if (current.base.state?.release.digest === reference.digest) return null
    checkReleaseForm(release)
    checkFollows(release, current.base.state)
    checkTime(release, at)
    await refuseClosed(current, release, reference.digest)
    const signed = await verifyEnvelope(envelope, root.keys)
    checkQuorum(release, signed, environment, false)

    const files = await filesOf(submission, release, current)
    const manifest = await readManifest(submission.manifest, release.manifest)
    const source = overlay(current.source, files)
    const before = await rulesInForce(current, inForce)
    const after = await readRules(source, release, inForce)
    const stops = await readStops(source, bindingOf(current), current.base.state?.stop ?? null, before.clears)
    const checked = await checkManifest(manifest, release, {
      ...bindingOf(current),
      version: release.version,
      previous: release.previous,
      created: release.created,
      before: before.rules,
      after,
      stops: stops.map(({ payload }) => payload),
      clears: release.clears,
    })
    await judgeUnderPolicy(current, { release, signed, ...checked, before: before.rules, after, at })
    return {
      entries: entriesFor(current, { release: reference, since: formatTime(at) }),
      statements: [{ path: releasePath(name, reference), bytes: submission.release }],
      files,
      notices: [],
    }
  }
}

/** An approval is bound to the state that the approver saw. */
function checkFollows({ version, previous }: ReleasePayload, state: StateEntry | undefined): void {
  const last = state?.release
  if (last !== undefined && version <= last.version) {
    throw new EnsignError('release_passed', `release ${last.version} is in force`, {
      cure: 'If it was in force already, nothing is left to do; else propose it again on top of what is in force.',
    })
  }
  if (version !== (last?.version ?? 0) + 1 || previous !== (last?.digest ?? null)) {
    throw new EnsignError('release_fork', 'the release was approved on top of another state than what is in force')
  }
}

function checkTime({ effective: { from, until } }: ReleasePayload, at: number): void {
  if (at < parseTime(from)!) throw new EnsignError('too_early', `it may take effect from ${from}`)
  if (at > parseTime(until)!) {
    throw new EnsignError('not_effective', `its approvals lapsed on ${until}`, {
      cure: 'Propose it again and have it approved again.',
    })
  }
}

/** What the release names, from the submission or else from the store, each against its digest. */
async function filesOf(
  { index, parts, manifest }: ReleaseSubmission,
  release: ReleasePayload,
  { source, environment: { name } }: Current,
): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>()
  const references = await readIndex(index, release.parts)
  files.set(partPath(name, release.parts.digest), index)
  for (const reference of references) {
    const path = partPath(name, reference.digest)
    if (files.has(path) || (await source.get(path, { maxBytes: Math.max(MAX_PART, MAX_INDEX) })) !== undefined) continue
    const bytes = parts.get(reference.digest)
    if (bytes === undefined) throw new EnsignError('part_missing', 'a part of the release was not sent', { at: path })
    await checkPart(bytes, reference)
    files.set(path, bytes)
  }
  files.set(manifestPath(name, release.manifest.digest), manifest)
  return files
}

/** The rules in force, and what is cleared; nothing before the first release. */
async function rulesInForce(current: Current, inForce: VerifiedState | undefined) {
  const { base, source, environment } = current
  if (base.state === undefined) return { rules: NO_RULES, clears: null }
  const path = releasePath(environment.name, base.state.release)
  const bytes = await readRelease(source, path, base.state.release)
  const payload = readPayload(readEnvelope(bytes, 'release', path), releaseShape, bindingOf(current))
  return { rules: await readRules(source, payload, inForce), clears: payload.clears }
}
