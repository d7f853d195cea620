import { fromUtf8 } from '../../base/bytes.ts'
import { EnsignError } from '../../base/errors.ts'
import { parseJson } from '../../base/json.ts'
import { printLarge } from '../../base/largejson.ts'
import { MAX_MANIFEST } from '../../base/limits.ts'
import { sameJson } from '../../base/samejson.ts'
import { digestOfFile } from '../../bundle/parts.ts'
import type { ReleasePayload } from '../../bundle/types.ts'
import { type Analysis, analyse } from './analyse.ts'
import type { ManifestFacts } from './build.ts'
import { computedEvents, eventId } from './events.ts'
import { manifestShape } from './shape.ts'
import type { Manifest } from './types.ts'

/** The manifest that a release names, in its one form. What it says is not judged here. */
export async function readManifest(bytes: Uint8Array, named: ReleasePayload['manifest']): Promise<Manifest> {
  if (bytes.length !== named.size || (await digestOfFile(bytes)) !== named.digest) {
    throw new EnsignError('manifest', 'not the manifest that the release names')
  }
  const value = parseJson(bytes, MAX_MANIFEST, 'manifest')
  if (printLarge(value) !== fromUtf8(bytes)) throw new EnsignError('manifest', 'not in the one form of a manifest')
  return manifestShape(value, 'manifest')
}

/** A manifest that tells what follows from the rules, and what does. */
export interface CheckedManifest {
  readonly manifest: Manifest
  readonly analysis: Analysis
}

/**
 * Nobody has to believe the author: everything in a manifest that follows from the rules before and after, and from
 * the release, is computed again and compared. What remains is his to say: reason, links, display name, checks, source.
 */
export async function checkManifest(
  manifest: Manifest,
  { author, created }: ReleasePayload,
  facts: ManifestFacts,
): Promise<CheckedManifest> {
  const { genesis, environment, version } = facts
  const analysis = analyse(facts.before, facts.after, created)
  const events = computedEvents(analysis.changes, facts.stops, facts.clears).map(one => ({
    event_id: eventId(genesis, environment, version, one),
    timestamp_utc: created,
    actor: author,
    ...one,
    environment,
  }))
  const told = manifest.events.map(event => {
    const { event_id, timestamp_utc, actor, action, flag_key, previous_state, new_state } = event
    return {
      event_id,
      timestamp_utc,
      actor: actor.id,
      action,
      flag_key,
      previous_state,
      new_state,
      environment: event.environment,
    }
  })
  same(told, events, 'events')
  same(manifest.impact, analysis.impact, 'impact')
  same(manifest.transitions, analysis.transitions, 'transitions')
  same(manifest.release, { version, previous: facts.previous }, 'release')
  same(manifest.clears, facts.clears, 'clears')
  same([manifest.project, manifest.environment], [facts.project, environment], 'environment')
  const bare = manifest.events.find(({ reason }) => reason.trim() === '')
  if (bare !== undefined) throw new EnsignError('reason_missing', 'a change without a reason', { at: bare.flag_key })
  return { manifest, analysis }
}

function same(told: unknown, computed: unknown, at: string): void {
  if (sameJson(told, computed)) return
  throw new EnsignError('manifest_lies', `the manifest's ${at} are not what the rules say`, { at: `manifest/${at}` })
}
