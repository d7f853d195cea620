import { openBundleFile } from '../bundle/bundlefile.ts'
import { cacheKey } from './cache.ts'
import type { Core } from './core.ts'
import type { Settings } from './options.ts'
import type { Origin } from './types.ts'
import type { Candidate, Outcome } from './updater.ts'

export interface LocalOptions {
  readonly settings: Settings
  readonly core: Core
  readonly update: (candidate: Candidate) => Promise<Outcome>
}

/**
 * A cache that answers within this time saves the download of everything, and its memory is there before anybody on
 * the network can show something older.
 */
const HEAD_START_MS = 1_000

/** What is at hand at the start: the cache, and the snapshot that was deployed. Both are verified like anything else. */
export function startLocal({ settings, core, update }: LocalOptions): {
  readonly done: Promise<void>
  /** Ends with `done`, or somewhat earlier. */
  readonly headStart: Promise<void>
} {
  const { cache, bootstrap, clock } = settings

  const open = async (origin: Origin, read: () => Promise<Uint8Array | undefined>): Promise<void> => {
    const bytes = await Promise.race([read().catch(() => null), late(settings.requestTimeout)])
    if (bytes === undefined || bytes?.length === 0) return
    if (!(bytes instanceof Uint8Array)) {
      core.note({ source: origin, code: 'source_failed', what: `the ${origin} could not be read`, at: undefined })
      return
    }
    const outcome = await update({ origin, source: openBundleFile(bytes), askRoots: false })
    // One that is behind what is in force already was right in its time.
    if (outcome.kind !== 'refused' && outcome.kind !== 'unreachable') return
    if (BEHIND.has(outcome.code) && core.state() !== undefined) return
    core.note({ source: origin, code: outcome.code, what: outcome.what, at: outcome.at })
    if (core.state() === undefined) core.happen('refused', outcome.code)
  }

  const late = (ms: number) => new Promise<null>(resolve => clock.after(ms, () => resolve(null)))

  const work: Promise<void>[] = []
  if (cache !== undefined) {
    work.push(open('cache', async () => cache.load(cacheKey(settings.project, settings.environment))))
  }
  if (bootstrap !== undefined) {
    work.push(open('bootstrap', async () => (typeof bootstrap === 'function' ? bootstrap() : bootstrap)))
  }
  const done = Promise.all(work).then(() => undefined)
  if (work.length === 0) return { done, headStart: done }
  const waited = new Promise<void>(resolve => clock.after(HEAD_START_MS, resolve))
  return { done, headStart: Promise.race([done, waited]) }
}

const BEHIND: ReadonlySet<string> = new Set(['rollback', 'release_rollback', 'stop_rollback', 'log_shrunk', 'expired'])
