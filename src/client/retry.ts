/** Waiting times after failures in a row. */
export interface Backoff {
  next(): number
  reset(): void
}

/**
 * Full jitter: anywhere between nothing and a bound that doubles up to the cap, so that a fleet which failed together
 * does not come back together.
 */
export function createBackoff(baseMs: number, capMs: number, random: () => number): Backoff {
  let failures = 0
  return {
    next() {
      const bound = Math.min(capMs, baseMs * 2 ** Math.min(failures, 30))
      failures += 1
      return random() * bound
    },
    reset() {
      failures = 0
    },
  }
}

/** Spread by a tenth to either side, so that clients that started together drift apart. */
export function jittered(ms: number, random: () => number): number {
  return ms * (0.9 + random() * 0.2)
}
