import { openBundleFile } from '../bundle/bundlefile.ts'
import type { Source } from '../bundle/source.ts'
import type { Clock } from './clock.ts'
import type { Core } from './core.ts'
import type { HttpSource } from './sources/http.ts'
import { withHead } from './sources/memo.ts'
import type { Candidate, Outcome } from './updater.ts'

const ROOTS_MS = 3_600_000

const ASKED_TO_WAIT: Outcome = {
  kind: 'unreachable',
  code: 'server_busy',
  what: 'the server asked to wait, and the time is not over',
  at: undefined,
}

export interface NetworkOptions {
  readonly core: Core
  readonly clock: Clock
  readonly environment: string
  readonly source: Source
  /** The same, where it is HTTP and has bundles. */
  readonly http: HttpSource | undefined
  readonly update: (candidate: Candidate) => Promise<Outcome>
  readonly signal: AbortSignal
}

/** One update from the network; `head` is one that was pushed. */
export type NetworkUpdate = (head?: Uint8Array) => Promise<Outcome>

export function createNetwork(options: NetworkOptions): NetworkUpdate {
  const { core, clock, environment, source, http, update, signal } = options
  let rootsAt: number | undefined
  let bundleNext = true

  const plain = async (head: Uint8Array | undefined): Promise<Outcome> => {
    // Also for those who call `refresh` in a loop.
    if (head === undefined && http !== undefined && http.wait() > 0) return ASKED_TO_WAIT
    const askRoots = rootsAt === undefined || clock.elapsed() - rootsAt > ROOTS_MS
    const from = head === undefined ? source : withHead(source, environment, head)
    const outcome = await update({ origin: 'network', source: from, askRoots })
    // What was refused is judged by the newest roots next time, and read anew: a copy may have been a wrong one.
    if (outcome.kind === 'refused') {
      rootsAt = undefined
      if (head === undefined) http?.forgetHead()
    } else if (askRoots && (outcome.kind === 'taken' || outcome.kind === 'same')) rootsAt = clock.elapsed()
    return outcome
  }

  /** Everything in one request, where the publisher made a bundle. It may be behind the head. */
  const cold = async (from: HttpSource): Promise<Outcome> => {
    const control = new AbortController()
    const stop = () => control.abort()
    signal.addEventListener('abort', stop, { once: true })
    let file: Promise<Source | undefined> | undefined
    const open = async () => {
      const bytes = await from.bundle(environment, control.signal)
      return bytes && openBundleFile(bytes)
    }
    try {
      const bundle: Source = {
        get: async (path, asked) => {
          file ??= open()
          return (await file)?.get(path, asked)
        },
      }
      return await update({ origin: 'network', source: bundle, askRoots: false })
    } finally {
      signal.removeEventListener('abort', stop)
      stop()
    }
  }

  return async head => {
    if (http !== undefined && bundleNext && core.state() === undefined) {
      // A bundle that does not come through is no reason to ask for it again: the single files will do.
      bundleNext = false
      const outcome = await cold(http)
      if (outcome.kind === 'unreachable' && outcome.code !== 'no_release') return outcome
    }
    return plain(head)
  }
}
