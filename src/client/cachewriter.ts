import { concat } from '../base/bytes.ts'
import { MAX_PART } from '../base/limits.ts'
import { openBundleFile, printBundleFile } from '../bundle/bundlefile.ts'
import { checkPart, type PartReference, printIndex } from '../bundle/parts.ts'
import type { Source } from '../bundle/source.ts'
import type { VerifiedState } from '../bundle/state.ts'
import type { Cache } from './cache.ts'
import { holdsNewer } from './cachedhead.ts'
import type { Clock } from './clock.ts'
import { createFlight } from './flight.ts'

export interface CacheWriterOptions {
  readonly cache: Cache
  readonly key: string
  readonly clock: Clock
  /** For parts that neither the update nor the old copy holds. */
  readonly source: Source
  readonly root: Uint8Array | undefined
  readonly onFault: (error: unknown) => void
  readonly onWritten: () => void
}

export interface CacheWriter {
  /** What was read on the way to this state. */
  note(state: VerifiedState, got: ReadonlyMap<string, Uint8Array>): void
  /** What the cache holds is this state already. */
  holds(state: VerifiedState, got: ReadonlyMap<string, Uint8Array>): void
  /** Writes what is due. */
  flush(): Promise<void>
}

/** A burst of updates is written once. */
const GAP_MS = 1_000
const ROOT_PATH = /^roots\/([1-9][0-9]{0,3})\.json$/
const PART_PATH = /\/parts\/([0-9a-f]{64})\.json$/

/**
 * Keeps the newest state in the cache as one bundle file; where another process wrote a newer one, that stays. The client holds no copy of the parts: those that an update
 * did not bring are taken over from the file that is there, checked against the index.
 */
export function createCacheWriter(options: CacheWriterOptions): CacheWriter {
  const { cache, key, clock, source, onFault, onWritten } = options
  const roots = new Map<number, Uint8Array>()
  let fresh = new Map<string, Uint8Array>()
  let due: VerifiedState | undefined
  let cancel: (() => void) | undefined

  const collect = (state: VerifiedState, got: ReadonlyMap<string, Uint8Array>): void => {
    for (const [path, bytes] of got) {
      const root = ROOT_PATH.exec(path)
      if (root !== null && Number(root[1]) <= state.root.payload.version) roots.set(Number(root[1]), bytes)
      const part = PART_PATH.exec(path)
      if (part !== null) fresh.set(part[1]!, bytes)
    }
    const pinned = state.root.chain[0]!.version
    if (options.root !== undefined && !roots.has(pinned)) roots.set(pinned, options.root)
  }

  const write = async (): Promise<void> => {
    const state = due
    if (state === undefined) return
    due = undefined
    const brought = fresh
    fresh = new Map()
    try {
      const old = await loadOld()
      if (old === undefined || !(await holdsNewer(old, state))) await cache.save(key, await print(state, brought, old))
      onWritten()
    } catch (error) {
      // The next write needs them still.
      for (const [digest, bytes] of brought) fresh.set(digest, bytes)
      trim(state)
      onFault(error)
    }
  }

  const print = async (
    state: VerifiedState,
    brought: ReadonlyMap<string, Uint8Array>,
    old: Source | undefined,
  ): Promise<Uint8Array> => {
    const getPart = async (part: PartReference): Promise<Uint8Array> => {
      const held = brought.get(part.digest)
      if (held !== undefined) return held
      const path = `${state.head.environment}/parts/${part.digest}.json`
      for (const from of [old, source]) {
        const bytes = await from?.get(path, { maxBytes: MAX_PART }).catch(() => undefined)
        if (bytes !== undefined && (await isPart(bytes, part))) return bytes
      }
      throw new Error('a part could not be had')
    }
    const newest = state.root.payload.version
    // Roots below the pinned one are nobody's business here; the form asks for a place for each.
    const chain = Array.from({ length: newest }, (_, i) => roots.get(i + 1) ?? new Uint8Array())
    const chunks: Uint8Array[] = []
    const lines = printBundleFile(state.file.bytes, chain, printIndex(state.index), getPart)
    for await (const chunk of lines) chunks.push(chunk)
    return concat(...chunks)
  }

  const loadOld = async (): Promise<Source | undefined> => {
    const bytes = await cache.load(key).catch(() => undefined)
    return bytes === undefined || bytes.length === 0 ? undefined : openBundleFile(bytes)
  }

  const trim = ({ index }: VerifiedState): void => {
    const named = new Set(index.map(part => part.digest))
    for (const digest of fresh.keys()) if (!named.has(digest)) fresh.delete(digest)
  }

  const flight = createFlight(write)
  const later = () => {
    cancel ??= clock.after(GAP_MS, () => {
      cancel = undefined
      void flight.next()
    })
  }

  return {
    note(state, got) {
      collect(state, got)
      trim(state)
      due = state
      later()
    },
    holds: collect,
    async flush() {
      cancel?.()
      cancel = undefined
      if (due !== undefined) await flight.next()
      else await flight.idle()
    },
  }
}

async function isPart(bytes: Uint8Array, part: PartReference): Promise<boolean> {
  return checkPart(bytes, part).then(
    () => true,
    () => false,
  )
}
