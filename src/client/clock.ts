/** Time as the client sees it; tests give another. */
export interface Clock {
  /** Milliseconds since 1970. It may jump: the machine sets it. */
  now(): number
  /** Milliseconds that only ever grow. */
  elapsed(): number
  /** Runs once; the answer cancels. A waiting timer keeps the process alive only with `hold`. */
  after(ms: number, run: () => void, hold?: boolean): () => void
}

/** A longer time would overflow and fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(ms, run, hold = false) {
    // Browsers and isolates give a number.
    const timer: unknown = setTimeout(run, Math.min(Math.max(ms, 0), MAX_TIMER_MS))
    if (!hold && typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function') {
      timer.unref()
    }
    return () => clearTimeout(timer as NodeJS.Timeout)
  },
}
