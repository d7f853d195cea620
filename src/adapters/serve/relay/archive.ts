import { fromUtf8 } from '../../../base/bytes.ts'
import { EnsignError } from '../../../base/errors.ts'
import { MAX_ENVELOPE, MAX_INDEX, MAX_MANIFEST, MAX_PART, MAX_POLICY } from '../../../base/limits.ts'
import { readEntry } from '../../../bundle/logentry.ts'
import { parseIndex } from '../../../bundle/parts.ts'
import type { ReleasePayload } from '../../../bundle/types.ts'
import { digestOf } from '../../../trust/digest.ts'
import { readEnvelope } from '../../../trust/statement.ts'

export interface ArchiveOptions {
  readonly environment: string
  /** The copy that is there already, and the upstream. Neither is believed. */
  readonly local: (path: string, maxBytes: number) => Promise<Uint8Array | undefined>
  readonly upstream: (path: string, maxBytes: number) => Promise<Uint8Array | undefined>
  readonly keep: (path: string, bytes: Uint8Array) => Promise<void>
  /** Milliseconds that only ever grow. */
  readonly elapsed: () => number
  readonly onError: (error: unknown) => void
}

export interface Archive {
  /** An entry of the log, verified under the root of a verified head. */
  add(entry: Uint8Array): void
  /** The rules of change that a verified root names: what was published under it is judged by them. */
  addPolicy(digest: string): void
  /** Goes on with what is missing, beside everything else. What could not be had is asked for again after a while. */
  run(): void
  /** Whether this file was held against what the log names, in this process. */
  has(path: string): boolean
}

const RETRY_MS = 60_000

interface Wanted {
  readonly path: string
  /** SHA-256 of the bytes: the log commits to envelopes, a release to its manifest and index, an index to its parts. */
  readonly digest: string
  readonly maxBytes: number
  readonly then?: (bytes: Uint8Array) => readonly Wanted[]
}

/** What auditors read: all statements of the log, and the manifests and parts of its releases, each by its hash. */
export function createArchive(options: ArchiveOptions): Archive {
  const { environment } = options
  const held = new Set<string>()
  /** By path, in the order in which they were named. */
  const wanted = new Map<string, Wanted>()
  const missing = new Map<string, Wanted>()
  let retryAt = 0
  let running = false
  let told: string | undefined

  const want = (one: Wanted): void => {
    if (!held.has(one.path) && !missing.has(one.path)) wanted.set(one.path, one)
  }

  const part = (digest: string): Wanted => ({
    path: `${environment}/parts/${digest}.json`,
    digest,
    maxBytes: MAX_PART,
  })
  const named = (bytes: Uint8Array): readonly Wanted[] => {
    const { manifest, parts } = JSON.parse(
      fromUtf8(readEnvelope(bytes, 'release', 'release').payload)!,
    ) as ReleasePayload
    const index: Wanted = {
      ...part(parts.digest),
      maxBytes: MAX_INDEX,
      then: text => (parseIndex(text) ?? []).map(({ digest }) => part(digest)),
    }
    const path = `${environment}/manifests/${manifest.digest}.json`
    return [{ path, digest: manifest.digest, maxBytes: MAX_MANIFEST }, index]
  }
  const statement = (path: string, digest: string, then?: Wanted['then']): Wanted => ({
    path: `${environment}/${path}.json`,
    digest,
    maxBytes: MAX_ENVELOPE,
    ...(then && { then }),
  })

  const take = async ({ path, digest, maxBytes, then }: Wanted): Promise<void> => {
    const own = await options.local(path, maxBytes)
    let bytes = own !== undefined && digestOf(own) === digest ? own : undefined
    if (bytes === undefined) {
      bytes = await options.upstream(path, maxBytes)
      if (bytes === undefined)
        throw new EnsignError('not_found', 'the upstream lacks a file that the log names', { at: path })
      if (digestOf(bytes) !== digest)
        throw new EnsignError('not_logged', 'not the file that the log names', { at: path })
      await options.keep(path, bytes)
    }
    held.add(path)
    for (const one of then?.(bytes) ?? []) want(one)
  }

  const work = async (): Promise<void> => {
    for (const one of wanted.values()) {
      wanted.delete(one.path)
      try {
        await take(one)
      } catch (error) {
        missing.set(one.path, one)
        retryAt = options.elapsed() + RETRY_MS
        const code = error instanceof EnsignError ? error.code : 'unavailable'
        // Each reason once: an upstream that is away, or lacks the past, would fill the log.
        if (told !== code) options.onError(error)
        told = code
      }
    }
  }

  return {
    add(bytes) {
      const entry = readEntry(bytes)
      if (entry === undefined) return
      if (entry.type === 'event') {
        want(statement(`events/${entry.digest}`, entry.envelope))
        return
      }
      const { release, stop } = entry
      want(statement(`releases/${release.version}-${release.digest}`, release.envelope, named))
      if (stop !== null) want(statement(`stops/${stop.version}-${stop.digest}`, stop.envelope))
    },
    addPolicy: digest => want({ path: `policies/${digest}.json`, digest, maxBytes: MAX_POLICY }),
    run() {
      if (running) return
      if (options.elapsed() >= retryAt) {
        for (const one of missing.values()) wanted.set(one.path, one)
        missing.clear()
      }
      if (wanted.size === 0) return
      running = true
      void work().finally(() => {
        running = false
      })
    },
    has: path => held.has(path),
  }
}
