import { EnsignError } from '../base/errors.ts'
import { isLater } from '../bundle/later.ts'
import type { Floor } from '../bundle/memory.ts'
import { namesNewRoot } from '../bundle/newroot.ts'
import { openState } from '../bundle/open.ts'
import type { Source } from '../bundle/source.ts'
import type { VerifiedState } from '../bundle/state.ts'
import type { RootState } from '../trust/root.ts'
import type { RootPin } from '../trust/types.ts'
import type { Clock } from './clock.ts'
import { type Core, expiryOf } from './core.ts'
import { createPause } from './pause.ts'
import { race } from './sources/body.ts'
import { type MemoSource, memoSource } from './sources/memo.ts'
import type { Origin } from './types.ts'

/** Something that may replace what is in force. */
export interface Candidate {
  readonly origin: Origin
  readonly source: Source
  readonly askRoots: boolean
}

export type Outcome =
  /** It is in force now. */
  | { readonly kind: 'taken' }
  /** It is what is in force already. */
  | { readonly kind: 'same' }
  /** Something newer came in meanwhile. */
  | { readonly kind: 'older' }
  /** `refused`: what was offered does not verify. `unreachable`: nothing was offered. `ended`: the client was closed. */
  | Failure

export interface Failure {
  readonly kind: 'refused' | 'unreachable' | 'ended'
  readonly code: string
  readonly what: string
  readonly at: string | undefined
}

export interface UpdaterOptions {
  readonly core: Core
  readonly clock: Clock
  readonly project: string
  readonly environment: string
  readonly root: RootPin
  readonly floor: Floor | undefined
  readonly maxStale: number
  readonly signal: AbortSignal
  /** Gives the engine its regex engine, if it has none. */
  readonly needRegex: () => Promise<void> | undefined
  readonly onTaken: (state: VerifiedState, got: ReadonlyMap<string, Uint8Array>, origin: Origin) => void
}

/** Codes of sources: nothing was offered that could be judged. */
const LINE_CODES: ReadonlySet<string> = new Set([
  'timeout',
  'unreachable',
  'redirect',
  'unauthorized',
  'server_busy',
  'server_error',
  'http_status',
  'content_type',
  'no_release',
])

/**
 * Verifies candidates, several at a time at the start, and takes over what is newer than all before: whoever ends
 * late with something old changes nothing, and what was verified against one state is verified again against the next.
 */
export function createUpdater(options: UpdaterOptions): (candidate: Candidate) => Promise<Outcome> {
  const { core, clock, project, environment, root, floor, maxStale, signal } = options
  const pause = createPause(clock)
  // A root counts from when it was seen, though its first head be refused: nobody can hide it again.
  let newest: RootState | undefined
  /** Those read on the way to it: the update that takes a state under it does not read them again. */
  const rootFiles = new Map<string, Uint8Array>()
  const keepRoot = (root: RootState, got: ReadonlyMap<string, Uint8Array>) => {
    if (newest !== undefined && root.payload.version <= newest.payload.version) return
    newest = root
    for (const [path, bytes] of got) if (path.startsWith('roots/')) rootFiles.set(path, bytes)
  }

  const verify = async ({ origin, askRoots }: Candidate, source: MemoSource, previous: VerifiedState | undefined) => {
    // A signal of its own: what one update began ends with it, and nothing gathers on the client's.
    const control = new AbortController()
    const end = () => control.abort(signal.reason)
    if (signal.aborted) end()
    signal.addEventListener('abort', end, { once: true })
    const opening = openState({
      source,
      project,
      environment,
      root,
      floor,
      previous,
      known: previous && newest,
      onRoot: found => keepRoot(found, source.got),
      namesNewRoot: askRoots ? undefined : namesNewRoot,
      now: clock.now(),
      allowStale: maxStale > 0 || origin !== 'network',
      signal: control.signal,
      pause,
    })
    try {
      // Not every source heeds the signal: after the end nobody waits for it.
      return await race(opening, control.signal)
    } finally {
      signal.removeEventListener('abort', end)
      control.abort()
    }
  }

  const run = async (candidate: Candidate): Promise<Outcome> => {
    const { origin } = candidate
    const memo = memoSource(candidate.source)
    for (;;) {
      const base = core.state()
      const state = await verify(candidate, memo, base)
      if (state === base) return { kind: 'same' }
      if (state.stale && origin === 'network' && clock.now() - expiryOf(state) > maxStale) {
        throw new EnsignError('expired', 'expired for longer than `maxStale`', { at: `${environment}/head.json` })
      }
      if (state.parts.some(part => part.usesRegex)) await options.needRegex()
      signal.throwIfAborted()
      if (core.state() === base) {
        core.take(state, origin)
        options.onTaken(state, new Map([...rootFiles, ...memo.got]), origin)
        return { kind: 'taken' }
      }
      const there = core.state()!
      if (state.memory.head === there.memory.head) return { kind: 'same' }
      if (!isLater(state.head, there.head)) return { kind: 'older' }
    }
  }

  return async candidate => {
    try {
      return await run(candidate)
    } catch (error) {
      return failureOf(error, signal)
    }
  }
}

function failureOf(error: unknown, signal: AbortSignal): Failure {
  if (signal.aborted) return { kind: 'ended', code: 'closed', what: 'the client was closed', at: undefined }
  if (!(error instanceof EnsignError)) {
    return { kind: 'unreachable', code: 'source_failed', what: 'the source threw', at: undefined }
  }
  const { code, message, at } = error
  return { kind: LINE_CODES.has(code) ? 'unreachable' : 'refused', code, what: message, at }
}
