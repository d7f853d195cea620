import type { Clock } from './clock.ts'
import type { Core } from './core.ts'
import type { ReadyResult, WaitOptions } from './types.ts'

const TIMEOUT_MS = 10_000

export type Waiter = (done: () => boolean, options?: WaitOptions) => Promise<ReadyResult>

/** Waits until something is so, and at most as long as given. Somebody waits for it, so it keeps the process alive. */
export function createWaiter(core: Core, clock: Clock): Waiter {
  const resultOf = (code: string | undefined): ReadyResult => {
    const status = core.status()
    return Object.freeze({
      ok: core.state() !== undefined,
      status,
      source: core.origin(),
      code: status === 'current' ? undefined : (core.code() ?? code),
      problems: Object.freeze(core.problems()),
    })
  }

  return (done, options) =>
    new Promise(resolve => {
      // Null is what a caller without types may say for none.
      const { timeout = TIMEOUT_MS, signal } = options ?? {}
      const end = (code: string | undefined): void => {
        cancel()
        unwatch()
        signal?.removeEventListener('abort', abort)
        resolve(resultOf(code))
      }
      let isDone = false
      const look = () => {
        if (isDone || !(core.status() === 'closed' || done())) return
        isDone = true
        core.look().then(() => end(undefined))
      }
      const abort = () => end('aborted')
      const cancel = clock.after(timeout, () => end('timeout'), true)
      const unwatch = core.watch(look)
      signal?.addEventListener('abort', abort, { once: true })
      if (signal?.aborted) abort()
      else look()
    })
}

/** What comes in time; undefined where nothing does. Somebody waits for it. */
export function within<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => resolve(undefined), true)
    work.then(resolve, reject).finally(cancel)
  })
}
