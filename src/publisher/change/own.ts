import { EnsignError } from '../../base/errors.ts'
import { parseJson } from '../../base/json.ts'
import { MAX_ENVELOPE, MAX_MANIFEST, MAX_SIGNABLE_PAYLOAD } from '../../base/limits.ts'
import { releaseShape } from '../../bundle/shapes.ts'
import type { Source } from '../../bundle/source.ts'
import type { ReleasePayload } from '../../bundle/types.ts'
import { readEnvelope } from '../../trust/statement.ts'
import { readManifest } from '../manifest/check.ts'
import { readRules } from '../manifest/readrules.ts'
import type { Manifest } from '../manifest/types.ts'
import { manifestPath, partPath, releasePath } from '../publish/paths.ts'
import { overlay } from '../publish/sources.ts'
import { NO_RULES, type PlainRules } from '../rules.ts'
import type { ChangeFiles } from './change.ts'
import type { View } from './ground.ts'
import { type Patch, patchOf } from './patch.ts'

/** A change by itself: its edits on the release on which it was proposed, whatever is in force by now. */
export interface OwnChange {
  readonly change: ChangeFiles
  readonly patch: Patch
  readonly manifest: Manifest
}

export async function openChange({ source }: View, change: ChangeFiles): Promise<OwnChange> {
  const before = await rulesBefore(source, change.payload)
  const after = await readRules(overlay(source, filesOfChange(change)), change.payload)
  const manifest = await readManifest(change.manifest, change.payload.manifest)
  return { change, patch: patchOf(before, after), manifest }
}

/** The files of the change as the store will have them. */
export function filesOfChange(change: ChangeFiles): Map<string, Uint8Array> {
  const { environment, payload, index, manifest, parts } = change
  return new Map([
    ...[...parts].map(([digest, bytes]) => [partPath(environment, digest), bytes] as const),
    [partPath(environment, payload.parts.digest), index],
    [manifestPath(environment, payload.manifest.digest), manifest],
  ])
}

/** The rules on which a release was proposed, by the release that it names. */
export async function rulesBefore(
  source: Source,
  { environment, version, previous }: ReleasePayload,
): Promise<PlainRules> {
  if (previous === null) return NO_RULES
  const path = releasePath(environment, { version: version - 1, digest: previous })
  const bytes = await source.get(path, { maxBytes: MAX_ENVELOPE })
  if (bytes === undefined) throw new EnsignError('statement_missing', 'the release before is gone', { at: path })
  const { payload, digest } = readEnvelope(bytes, 'release', path)
  if (digest !== previous) throw new EnsignError('statement_changed', 'not the release before', { at: path })
  return readRules(source, releaseShape(parseJson(payload, MAX_SIGNABLE_PAYLOAD), 'payload'))
}

/** What the author of a release told of it, from the store. */
export async function manifestOf(source: Source, { environment, manifest }: ReleasePayload): Promise<Manifest> {
  const path = manifestPath(environment, manifest.digest)
  const bytes = await source.get(path, { maxBytes: MAX_MANIFEST })
  if (bytes === undefined) throw new EnsignError('manifest', 'the audit manifest of the release is gone', { at: path })
  return readManifest(bytes, manifest)
}
