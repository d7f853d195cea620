/** A small seeded generator: the same seed gives the same mutants of the same corpus. */
export interface Random {
  /** 0 to `below` - 1. */
  int(below: number): number
  pick<T>(from: readonly T[]): T
  chance(oneIn: number): boolean
}

export function createRandom(seed: number): Random {
  let state = seed | 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return (t ^ (t >>> 14)) >>> 0
  }
  const int = (below: number): number => next() % below
  return { int, pick: from => from[int(from.length)]!, chance: oneIn => int(oneIn) === 0 }
}
