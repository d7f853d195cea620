import { equalBytes } from '../../../base/bytes.ts'
import { EnsignError } from '../../../base/errors.ts'
import type { Floor } from '../../../bundle/memory.ts'
import { namesNewRoot } from '../../../bundle/newroot.ts'
import { openState } from '../../../bundle/open.ts'
import type { Source } from '../../../bundle/source.ts'
import type { VerifiedState } from '../../../bundle/state.ts'
import { type Clock, systemClock } from '../../../client/clock.ts'
import { createFlight } from '../../../client/flight.ts'
import { createBackoff, jittered } from '../../../client/retry.ts'
import { putForward } from '../../../publisher/stores/files.ts'
import type { Store } from '../../../publisher/stores/store.ts'
import type { RootPin } from '../../../trust/types.ts'
import type { Files } from '../files.ts'
import { createArchive } from './archive.ts'
import { createLogMirror } from './log-mirror.ts'
import { earlierRoots, type Publication, policiesOf, publicationOf } from './publication.ts'
import { recorder } from './recorder.ts'

export interface RelayOptions {
  /** Another server, a bucket, another relay: nothing that it gives is believed. */
  readonly upstream: Source & { readonly forgetHead?: () => void }
  readonly project: string
  readonly environment: string
  readonly root: RootPin
  /** The copy on disk: what is served after a restart while the upstream is away, and the memory against going back. */
  readonly copy: Store
  readonly floor?: Floor
  /** Default 5,000; a pushed head does not wait for it. */
  readonly pollMs?: number
  readonly clock?: Clock
  readonly random?: () => number
  /** `ok`, or the code for which an update was refused. */
  readonly onUpdate?: (code: string) => void
  readonly onError?: (what: string, error: unknown) => void
}

export interface Relay {
  /** What `createHandler` serves. */
  readonly files: Files
  ready(): boolean
  state(): VerifiedState | undefined
  /** Reads the copy, then asks the upstream, and goes on following it. Resolves after the first attempt. */
  start(): Promise<void>
  close(): void
}

const BASE_WAIT_MS = 500
const MAX_WAIT_MS = 30_000
const ASK_ROOTS_MS = 3_600_000

/** Follows an upstream as a client does, and serves what it verified: never a byte that only the upstream vouches for. */
export function createRelay(options: RelayOptions): Relay {
  const { upstream, project, environment, root, copy } = options
  const clock = options.clock ?? systemClock
  const random = options.random ?? Math.random
  const backoff = createBackoff(BASE_WAIT_MS, MAX_WAIT_MS, random)
  const headPath = `${environment}/head.json`
  const full = (path: string) => `v1/${project}/${path}`
  const logPath = (epoch: number, path: string) => `${environment}/log/${epoch}/${path}`
  const watchers = new Set<() => void>()
  let published: Publication = new Map()
  let state: VerifiedState | undefined
  let pushed: Uint8Array | undefined
  let deafUntil = Number.NEGATIVE_INFINITY
  /** What is served is not yet whole on disk. */
  let unsaved: Publication | undefined
  let askedRootsAt = Number.NEGATIVE_INFINITY
  let told: string | undefined
  let diskTold = false
  let cancel = () => {}
  let unwatch = () => {}
  let closed = false

  const stored: Source = {
    async get(path, { maxBytes }) {
      return (await copy.get(full(path), { maxBytes }))?.bytes
    },
  }
  const keep = (path: string, bytes: Uint8Array) => putForward(copy, full(path), bytes, () => true)
  const archive = createArchive({
    environment,
    local: (path, maxBytes) => stored.get(path, { maxBytes }),
    upstream: (path, maxBytes) => upstream.get(path, { maxBytes }),
    keep,
    elapsed: () => clock.elapsed(),
    onError: error => options.onError?.('copying what the log names', error),
  })
  const mirror = createLogMirror({
    onEntry: archive.add,
    upstream: epoch => (path, maxBytes) => upstream.get(logPath(epoch, path), { maxBytes }),
    local: epoch => (path, maxBytes) => stored.get(logPath(epoch, path), { maxBytes }),
    write: (epoch, path, bytes) => keep(logPath(epoch, path), bytes),
  })

  /** One verification against a source, and if it brings something new, the swap of what is served. */
  const update = async (source: Source, head: Uint8Array | undefined, askRoots: boolean): Promise<void> => {
    const recording = recorder(source, head && { path: headPath, bytes: head })
    const next = await openState({
      source: recording,
      project,
      environment,
      root,
      now: clock.now(),
      previous: state,
      floor: options.floor,
      allowStale: true,
      namesNewRoot: askRoots ? undefined : namesNewRoot,
    })
    if (next === state) return
    const material = { state: next, environment, pin: root, before: published }
    let files = await publicationOf({ ...material, read: recording.read })
    const [first] = next.root.chain
    if (first!.version > 1 && !files.has('roots/1.json')) {
      const pinned = files.get(`roots/${first!.version}.json`)
      const earlier = pinned === undefined ? [] : await earlierRoots(source, pinned).catch(() => [])
      files = await publicationOf({ ...material, read: new Map([...recording.read, ...earlier]) })
    }
    const changed = !equalBytes(files.get(headPath)!, published.get(headPath) ?? new Uint8Array())
    unsaved ??= published
    state = next
    published = files
    for (const digest of policiesOf(files)) archive.addPolicy(digest)
    if (changed) for (const tell of [...watchers]) tell()
  }

  /** The head last: a copy that was cut off then still holds a whole state. */
  const save = async (before: Publication): Promise<void> => {
    const files = [...published].filter(([path, bytes]) => path !== headPath && before.get(path) !== bytes)
    for (const [path, bytes] of files) await keep(path, bytes)
    await keep(headPath, published.get(headPath)!)
  }

  const look = async (): Promise<void> => {
    const head = pushed
    pushed = undefined
    const askRoots = clock.elapsed() - askedRootsAt >= ASK_ROOTS_MS
    try {
      try {
        await update(upstream, head, askRoots)
      } catch (error) {
        if (head === undefined) throw error
        // What was pushed may be forged, or older than what can be fetched. More of it costs no check for a while.
        deafUntil = clock.elapsed() + BASE_WAIT_MS
        await update(upstream, undefined, askRoots)
      }
      if (askRoots) askedRootsAt = clock.elapsed()
      backoff.reset()
      told = undefined
      options.onUpdate?.('ok')
    } catch (error) {
      // It is judged by the newest roots next time, and read anew: a copy on the way may have been a wrong one.
      askedRootsAt = Number.NEGATIVE_INFINITY
      upstream.forgetHead?.()
      const code = error instanceof EnsignError ? error.code : 'unavailable'
      options.onUpdate?.(code)
      // Each reason is told once, however long it lasts.
      if (told !== code) options.onError?.('following the upstream', error)
      told = code
      throw error
    } finally {
      await copyOut()
    }
  }

  /** What is on disk is for the next start, and for the log: a full disk takes nothing from what is served now. */
  const copyOut = async (): Promise<void> => {
    if (unsaved === undefined) {
      archive.run()
      return
    }
    try {
      await save(unsaved)
      await mirror.follow(state!)
      unsaved = undefined
      archive.run()
      diskTold = false
    } catch (error) {
      if (!diskTold) options.onError?.('keeping the copy', error)
      diskTold = true
    }
  }
  const flight = createFlight(look)

  const next = async (): Promise<void> => {
    cancel()
    let wait = jittered(options.pollMs ?? 5_000, random)
    try {
      await flight.next()
    } catch {
      wait = Math.max(backoff.next(), BASE_WAIT_MS / 2)
    }
    cancel()
    if (!closed) cancel = clock.after(wait, () => void next())
  }

  return {
    files: {
      async get(path) {
        const prefix = full('')
        if (!path.startsWith(prefix)) return undefined
        const rest = path.slice(prefix.length)
        const bytes = published.get(rest)
        if (bytes !== undefined) return { bytes, tag: '' }
        // The log's files are written by this relay alone, from entries that it verified.
        const isLog = rest.startsWith(`${environment}/log/`) && !rest.endsWith('/state.json')
        return isLog || archive.has(rest) ? copy.get(path) : undefined
      },
      watch(path, onChange) {
        if (path !== full(headPath)) return () => {}
        const entry = () => onChange()
        watchers.add(entry)
        return () => watchers.delete(entry)
      },
    },
    ready: () => state !== undefined,
    state: () => state,
    async start() {
      try {
        await update(stored, undefined, true)
      } catch (error) {
        if (!isEmpty(error)) options.onError?.('reading the copy', error)
      }
      unwatch =
        upstream.watch?.(environment, head => {
          if (clock.elapsed() < deafUntil) return
          pushed = new Uint8Array(head)
          void next()
        }) ?? unwatch
      await next()
    },
    close() {
      closed = true
      cancel()
      unwatch()
    },
  }
}

/** A copy that was never filled is no fault. */
function isEmpty(error: unknown): boolean {
  return error instanceof EnsignError && (error.code === 'no_release' || error.code === 'root_missing')
}
