/** Chance that a seed repeats: the order of a run is the same again, the timing of the machine is not. */
export interface Chance {
  /** From 0 up to 1. */
  next(): number
  below(n: number): number
  pick<T>(all: readonly T[]): T
}

export function chance(seed: number): Chance {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (n: number) => Math.floor(next() * n)
  return { next, below, pick: all => all[below(all.length)]! }
}
