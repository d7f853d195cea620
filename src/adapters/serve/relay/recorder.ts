import type { Source } from '../../../bundle/source.ts'

export interface Recorder extends Source {
  /** Everything that was read, by path. It counts as verified only once the verification that read it has passed. */
  readonly read: ReadonlyMap<string, Uint8Array>
}

/** A source that keeps a copy of what it gave, and gives the pushed head instead of asking for it. */
export function recorder(source: Source, pushed?: { readonly path: string; readonly bytes: Uint8Array }): Recorder {
  const read = new Map<string, Uint8Array>()
  return {
    read,
    async get(path, options) {
      const bytes = path === pushed?.path ? pushed.bytes : await source.get(path, options)
      if (bytes === undefined) return undefined
      const copy = new Uint8Array(bytes)
      read.set(path, copy)
      return copy
    },
  }
}
