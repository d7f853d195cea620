import type { Needs } from './loaded.ts'

/** Keys of flags and of segments, which are two name spaces. */
export interface Keys {
  readonly flags: Set<string>
  readonly segments: Set<string>
}

export function keys(flags: Iterable<string>, segments: Iterable<string>): Keys {
  return { flags: new Set(flags), segments: new Set(segments) }
}

/** Who reads whom, backwards: what a change or a stop reaches. Flags that nobody reads do not show up here. */
export interface Readers {
  add(kind: keyof Keys, reader: string, needs: Needs): void
  remove(kind: keyof Keys, reader: string, needs: Needs): void
  /** Adds all that read one of these, directly or not. */
  reach(start: Keys): Keys
}

const KINDS = ['flags', 'segments'] as const

export function createReaders(): Readers {
  const edges: Record<keyof Keys, Map<string, Keys>> = { flags: new Map(), segments: new Map() }
  return {
    add(kind, reader, needs) {
      for (const read of KINDS) {
        for (const key of needs[read]) {
          const readers = edges[read].get(key) ?? keys([], [])
          readers[kind].add(reader)
          edges[read].set(key, readers)
        }
      }
    },
    remove(kind, reader, needs) {
      for (const read of KINDS) {
        for (const key of needs[read]) {
          const readers = edges[read].get(key)
          readers?.[kind].delete(reader)
          if (readers?.flags.size === 0 && readers.segments.size === 0) edges[read].delete(key)
        }
      }
    },
    reach(start) {
      if (edges.flags.size === 0 && edges.segments.size === 0) return start
      // Each is asked once who reads it, however the two kinds alternate.
      for (let last = start; last.flags.size + last.segments.size > 0; ) {
        const next = keys([], [])
        for (const read of KINDS) {
          for (const key of last[read]) {
            const readers = edges[read].get(key)
            if (readers === undefined) continue
            for (const kind of KINDS) {
              for (const reader of readers[kind]) {
                if (!start[kind].has(reader)) next[kind].add(reader)
                start[kind].add(reader)
              }
            }
          }
        }
        last = next
      }
      return start
    },
  }
}
