/** Time as the client sees it; tests give another. */
export interface Clock {
  /** Milliseconds since 1970. It may jump: the machine sets it. */
  now(): number
  /** Milliseconds that only ever grow. */
  elapsed(): number
  /** Runs once; the answer cancels. A waiting timer keeps the process alive only with `hold`. */
  after(ms: number, run: () => void, hold?: boolean): () => void
}

/** A longer time would overflow and fire at once, so it is waited for in pieces. */
const MAX_TIMER_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(ms, run, hold = false) {
    // Browsers and isolates give a number.
    let timer: unknown
    const wait = (left: number): void => {
      timer = setTimeout(() => (left > MAX_TIMER_MS ? wait(left - MAX_TIMER_MS) : run()), Math.min(left, MAX_TIMER_MS))
      if (hold) return
      if (typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function') {
        timer.unref()
      }
    }
    wait(Math.max(ms, 0))
    return () => clearTimeout(timer as NodeJS.Timeout)
  },
}
