import { EnsignError } from '../base/errors.ts'
import { provenanceOf } from '../bundle/provenance.ts'
import type { VerifiedState } from '../bundle/state.ts'
import { createEngine } from '../rules/engine.ts'
import type { Context, ReleaseInfo } from '../rules/flags.ts'
import type { RegexEngine } from '../rules/regex.ts'
import { cacheKey } from './cache.ts'
import { type CacheWriter, createCacheWriter } from './cachewriter.ts'
import { withContext } from './context.ts'
import { createCore } from './core.ts'
import { createCounters } from './counters.ts'
import { createEmitter } from './emitter.ts'
import { createFollower } from './follow.ts'
import { startLocal } from './local.ts'
import { createNetwork } from './network.ts'
import { engineObserver } from './observe.ts'
import { checkOptions } from './options.ts'
import { pushOf } from './push.ts'
import { ignore, quietly } from './quietly.ts'
import { boundedSource } from './sources/bounded.ts'
import { httpSource } from './sources/http.ts'
import type { FetchLike } from './sources/request.ts'
import type { AnyTypes } from './typed.ts'
import type { Client, ClientEvents, ClientOptions, InForce, LifeCycle, WaitOptions } from './types.ts'
import { createUpdater } from './updater.ts'
import { createWaiter, within } from './wait.ts'

/** What a runtime adds to what every runtime has. */
export interface Platform {
  readonly fetch: FetchLike
  /** For streams, where the runtime's own would keep the process alive. */
  readonly streamFetch?: FetchLike
  /** Loads a regex engine when a rule asks for one. */
  readonly loadRegex?: () => Promise<RegexEngine>
}

/**
 * A client of one environment. Making it does nothing but look at the options; `ready()` starts it. Evaluation never
 * waits, never throws and never calls anybody.
 */
export function createClientOn<T extends object = AnyTypes>(platform: Platform, given: ClientOptions<T>): Client<T> {
  const settings = checkOptions(given as ClientOptions, platform.fetch)
  const { clock, project, environment, random, mode } = settings
  const control = new AbortController()
  // Whoever logs must not be able to stop an update.
  const warn = quietly(
    (message: string, details: Record<string, unknown>) => settings.logger?.warn(message, details),
    ignore,
  )
  const onFault = (source: string) => (error: unknown) => warn(`${source} threw`, { source, error })

  const emitter = createEmitter<ClientEvents>(onFault('a listener'))
  const counters = settings.counters && createCounters(settings.counters, clock, onFault('counters.report'))
  let regex = settings.regex
  let shown: { readonly applied: ReleaseInfo; readonly info: ReleaseInfo } | undefined
  const info = (applied: ReleaseInfo | null): ReleaseInfo | null => {
    if (applied === null) return null
    if (shown?.applied !== applied || shown.info.status !== core.status()) {
      shown = { applied, info: Object.freeze({ ...applied, status: core.status() }) }
    }
    return shown.info
  }
  const engine = createEngine({
    now: () => clock.now(),
    secrets: settings.secrets,
    get regex() {
      return regex
    },
    info,
    observe: engineObserver({
      observe: settings.observe,
      observeUnit: settings.observeUnit,
      count: counters?.count,
      release: () => info(core.state()?.ruleSet.info ?? null),
    }),
  })
  const core = createCore({
    engine,
    emitter,
    clock,
    warn,
    onRelease: version => counters?.setRelease(version),
  })

  const line = { fetch: settings.fetch, token: settings.token, clock, timeoutMs: settings.requestTimeout }
  const http = settings.url && httpSource(settings.url, project, line)
  const source = http ?? boundedSource(settings.source!, clock, settings.requestTimeout)
  let writer: CacheWriter | undefined
  if (settings.cache !== undefined) {
    writer = createCacheWriter({
      cache: settings.cache,
      key: cacheKey(project, environment),
      clock,
      source,
      root: settings.root instanceof Uint8Array ? settings.root : undefined,
      onWritten: () => core.clear('cache'),
      onFault: error => {
        core.note({ source: 'cache', code: 'cache_failed', what: 'the cache cannot be written', at: undefined })
        warn('the cache cannot be written', { source: 'cache', error })
      },
    })
  }
  const update = createUpdater({
    core,
    clock,
    project,
    environment,
    root: settings.root,
    floor: settings.floor,
    maxStale: settings.maxStale,
    signal: control.signal,
    async needRegex() {
      regex ??= await platform.loadRegex?.().catch(error => {
        // The flags that need it are in error then, and the others work.
        warn('the engine for regular expressions cannot be loaded', { source: 'rules', error })
        return undefined
      })
    },
    onTaken(state, got, origin) {
      if (origin === 'cache') writer?.holds(state, got)
      else writer?.note(state, got)
    },
  })
  const follower = createFollower({
    core,
    clock,
    random,
    update: createNetwork({ core, clock, environment, source, http, update, signal: control.signal }),
    pollInterval: settings.pollInterval,
    staleAfter: settings.staleAfter,
    wait: () => http?.wait() ?? 0,
    push:
      mode === 'stream'
        ? pushOf({ settings, source, streamFetch: given.fetch ? undefined : platform.streamFetch, core })
        : undefined,
    timers: mode !== 'manual',
  })
  const waiter = createWaiter(core, clock)

  let first: Promise<void> | undefined
  let closing: Promise<void> | undefined
  /** Cache and snapshot at once, and the network beside them. */
  const start = (): Promise<void> => {
    if (closing !== undefined) return closing
    first ??= (async () => {
      counters?.start()
      const local = startLocal({ settings, core, update })
      follower.start()
      await local.headStart
      await Promise.all([local.done, follower.refresh()])
    })().catch(onFault('the start'))
    return first
  }

  const close = (): Promise<void> => {
    closing ??= (async () => {
      core.happen('close')
      control.abort(new EnsignError('closed', 'the client was closed'))
      settings.signal?.removeEventListener('abort', close)
      counters?.close()
      await follower.close()
      if (writer !== undefined) await within(clock, LAST_WRITE_MS, writer.flush())
    })()
    return closing
  }
  if (settings.signal?.aborted) void close()
  else settings.signal?.addEventListener('abort', close, { once: true })

  const life: LifeCycle = {
    async ready(options) {
      let tried = false
      void start().then(() => {
        tried = true
        core.settle()
      })
      const done = () => core.status() === 'current' || (tried && (mode === 'manual' || core.state() !== undefined))
      return waiter(done, options)
    },
    async refresh(options?: WaitOptions) {
      let tried = false
      const attempt = first === undefined || closing !== undefined ? start() : follower.refresh()
      void attempt.then(() => {
        tried = true
        core.settle()
      })
      return waiter(() => tried, options)
    },
    close,
    on: (name, listener) => emitter.on(name, listener),
    provenance() {
      const state = core.state()
      return Object.freeze({
        project,
        environment,
        status: core.status(),
        source: core.origin(),
        code: core.code(),
        verifiedAt: core.verifiedAt(),
        inForce: state === undefined ? null : inForceOf(state),
      })
    },
    [Symbol.asyncDispose]: close,
  }
  const flags = settings.context === undefined ? engine.flags : withContext(engine.flags, settings.context as Context)
  return Object.freeze({ ...flags, ...life }) as unknown as Client<T>
}

function inForceOf(verified: VerifiedState): InForce {
  const { project: _, environment: __, status: ___, verifiedAt: ____, ...inForce } = provenanceOf(verified, 0)
  return Object.freeze(inForce)
}

/** A cache that hangs does not hang whoever closes. */
const LAST_WRITE_MS = 2_000
