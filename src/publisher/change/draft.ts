import type { Json } from '../../base/json.ts'
import { formatTime } from '../../base/time.ts'
import { digestOfFile, layoutParts } from '../../bundle/parts.ts'
import type { ReleasePayload, StopPayload } from '../../bundle/types.ts'
import { digestOf } from '../../trust/digest.ts'
import type { Reference } from '../../trust/types.ts'
import { buildManifest, type ManifestAuthor, printManifest } from '../manifest/build.ts'
import type { CheckedManifest } from '../manifest/check.ts'
import type { PlainRules } from '../rules.ts'

/** What is in force, as a new release sees it. */
export interface Ground {
  readonly genesis: string
  readonly project: string
  readonly environment: string
  /** Null before the first release. */
  readonly release: Reference | null
  /** How many parts there are. */
  readonly count: number | undefined
  readonly clears: Reference | null
  readonly rules: PlainRules
  /** The last one, cleared or not. */
  readonly stop: Reference | null
  /** Those in force. */
  readonly stops: readonly StopPayload[]
}

export interface Wish {
  readonly rules: PlainRules
  readonly clears: Reference | null
  /** Milliseconds. */
  readonly created: number
  readonly effective: { readonly from: number; readonly until: number }
}

/** A release that nobody has signed yet, with all that it names. */
export interface Draft extends CheckedManifest {
  readonly payload: ReleasePayload
  readonly rules: PlainRules
  readonly index: Uint8Array
  /** By digest. */
  readonly parts: ReadonlyMap<string, Uint8Array>
  readonly manifestBytes: Uint8Array
}

/** The same wish on the same ground gives the same bytes, on whichever machine. */
export async function draftRelease(ground: Ground, wish: Wish, author: ManifestAuthor): Promise<Draft> {
  const { genesis, project, environment } = ground
  const version = (ground.release?.version ?? 0) + 1
  const previous = ground.release?.digest ?? null
  const created = formatTime(wish.created)
  const checked = await buildManifest(
    {
      genesis,
      project,
      environment,
      version,
      previous,
      created,
      before: ground.rules,
      after: wish.rules,
      stops: ground.stops,
      clears: wish.clears,
    },
    author,
  )
  const manifestBytes = printManifest(checked.manifest)
  const { flags, segments } = wish.rules as unknown as Record<'flags' | 'segments', Readonly<Record<string, Json>>>
  const { index, parts } = await layoutParts(flags, segments, ground.count)
  const payload: ReleasePayload = {
    type: 'release',
    spec: 1,
    genesis,
    project,
    environment,
    version,
    previous,
    author: author.actor.id,
    created,
    effective: { from: formatTime(wish.effective.from), until: formatTime(wish.effective.until) },
    parts: { digest: digestOf(index), size: index.length, count: parts.length },
    manifest: { digest: await digestOfFile(manifestBytes), size: manifestBytes.length },
    clears: wish.clears,
  }
  return {
    ...checked,
    payload,
    rules: wish.rules,
    index,
    parts: new Map(parts.map(({ digest, bytes }) => [digest, bytes])),
    manifestBytes,
  }
}
