import type { Clock } from './clock.ts'
import type { Core } from './core.ts'
import { createFlight } from './flight.ts'
import type { NetworkUpdate } from './network.ts'
import { createBackoff, jittered } from './retry.ts'
import type { Failure, Outcome } from './updater.ts'

/** A line on which heads are pushed. */
export interface Push {
  /** What it delivered does not verify. */
  reject(): void
  close(): void
}

export interface PushEvents {
  onHead(head: Uint8Array): void
  onAlive(): void
  onDown(failure: Omit<Failure, 'kind'>): void
}

export interface FollowerOptions {
  readonly core: Core
  readonly clock: Clock
  readonly random: () => number
  readonly update: NetworkUpdate
  readonly pollInterval: number
  readonly staleAfter: number | undefined
  /** Milliseconds for which the source asked not to be asked. */
  readonly wait: () => number
  /** undefined: nothing is pushed, or nobody wants it. */
  readonly push: ((events: PushEvents) => Push) | undefined
  /** false: `refresh` alone asks. */
  readonly timers: boolean
}

export interface Follower {
  /** One update that begins after this call. */
  refresh(): Promise<Outcome>
  /** From now on by itself. */
  start(): void
  close(): Promise<void>
}

/**
 * The stream makes it fast, polling makes it sure: a line that is half dead, or a server that forgot us, costs two
 * intervals at most. So the pace while heads are pushed, and the longest wait after failures, stay below two.
 */
const PUSHED_FACTOR = 1.8
const RETRY_FACTOR = 1.5
const RETRY_MS = 1_000
/** Between the end of one update by push and the beginning of the next. What comes meanwhile is one update. */
const PUSH_GAP_MS = 25
/** Pushed heads in a row that did not verify, until the line is dropped. */
const MAX_REJECTED = 3

/** Decides when to ask. What it learns from a push is a reason to ask, and no more than that. */
export function createFollower(options: FollowerOptions): Follower {
  const { core, clock, random, pollInterval } = options
  const backoff = createBackoff(Math.min(RETRY_MS, pollInterval), pollInterval * RETRY_FACTOR, random)
  let pushed: Uint8Array | undefined
  let seen: Uint8Array | undefined
  let push: Push | undefined
  let due = false
  let alive = false
  let rejected = 0
  let started = false
  let closed = false
  let cancelPoll = () => {}
  let pollAt = Number.POSITIVE_INFINITY
  let cancelPush: (() => void) | undefined
  let cancelSilence = () => {}

  const heard = (): void => {
    cancelSilence()
    if (options.staleAfter === undefined || closed || !options.timers) return
    cancelSilence = clock.after(options.staleAfter, () => core.happen('silent', 'no_contact'))
  }

  const schedule = (ms: number): void => {
    cancelPoll()
    if (closed || !options.timers || !started) return
    pollAt = clock.elapsed() + ms
    cancelPoll = clock.after(ms, () => void ask())
  }

  /** What happens on the line may hasten the next poll, and never put it off: whoever speaks there may be anybody. */
  const hasten = (ms: number): void => {
    if (clock.elapsed() + ms < pollAt) schedule(ms)
  }

  const pollMs = (): number => jittered(alive ? pollInterval * PUSHED_FACTOR : pollInterval, random)

  /** Never sooner than a part of the interval, nor than the server asked for, nor all at once. */
  const retryMs = (code: string): number => {
    const least = code === 'unauthorized' ? pollInterval : Math.min(pollInterval / 10, 500)
    const asked = options.wait()
    return Math.max(backoff.next(), least, asked > 0 ? asked * (1 + random() * 0.1) : 0)
  }

  const run = async (): Promise<Outcome> => {
    const head = due ? undefined : pushed
    if (due) due = false
    else pushed = undefined
    const outcome = await options.update(head)
    if (closed) return outcome
    if (head !== undefined) afterPush(outcome)
    else afterPoll(outcome)
    core.settle()
    return outcome
  }

  const afterPush = (outcome: Outcome): void => {
    if (outcome.kind === 'taken' || outcome.kind === 'same') {
      rejected = 0
      succeeded(outcome)
    } else if (outcome.kind === 'refused' || outcome.kind === 'unreachable') {
      // The poll decides what is to be believed of this.
      seen = undefined
      const { code, what, at } = outcome
      core.note({ source: 'stream', code, what, at })
      hasten(retryMs(code))
      if (outcome.kind === 'refused' && ++rejected >= MAX_REJECTED) {
        rejected = 0
        push?.reject()
      }
    }
  }

  const afterPoll = (outcome: Outcome): void => {
    if (outcome.kind === 'refused' || outcome.kind === 'unreachable') {
      const { kind, code, what, at } = outcome
      core.note({ source: 'network', code, what, at })
      if (kind === 'refused') core.happen('refused', code)
      else if (core.state() === undefined) core.happen('silent', code)
      schedule(retryMs(code))
    } else if (outcome.kind !== 'ended') {
      succeeded(outcome)
      schedule(pollMs())
    }
  }

  const succeeded = (outcome: Outcome): void => {
    backoff.reset()
    heard()
    if (outcome.kind === 'same') core.confirm()
  }

  const flight = createFlight(run)
  /** Asks the source, whatever was pushed: that has its turn after. */
  const ask = (): Promise<Outcome> => {
    due = true
    return flight.next()
  }

  const onHead = (head: Uint8Array): void => {
    if (closed || (seen !== undefined && sameBytes(seen, head))) return
    seen = head
    pushed = head
    if (cancelPush !== undefined) return
    const go = () => void flight.next().finally(() => (cancelPush = clock.after(PUSH_GAP_MS, rest)))
    const rest = () => {
      cancelPush = undefined
      if (pushed !== undefined) {
        cancelPush = () => {}
        go()
      }
    }
    cancelPush = () => {}
    go()
  }

  return {
    refresh: ask,
    start() {
      if (started || closed) return
      started = true
      heard()
      push = options.push?.({
        onHead,
        onAlive() {
          heard()
          if (alive || closed) return
          alive = true
          core.clear('stream')
          // A server that knows which head we hold says nothing: whether that is current, the next poll tells.
          if (core.status() !== 'current') hasten(random() * RETRY_MS)
        },
        onDown({ code, what, at }) {
          if (closed) return
          core.note({ source: 'stream', code, what, at })
          if (!alive) return
          alive = false
          seen = undefined
          // The whole fleet lost its lines at once.
          hasten(random() * pollInterval)
        },
      })
    },
    async close() {
      closed = true
      cancelPoll()
      cancelSilence()
      cancelPush?.()
      push?.close()
      await flight.idle()
    },
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}
