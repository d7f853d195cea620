import type { Source } from '../../bundle/source.ts'

/** What was read during one update: read again, it comes from here; and the cache keeps what verified. */
export interface MemoSource extends Source {
  readonly got: ReadonlyMap<string, Uint8Array>
}

export function memoSource(source: Source): MemoSource {
  const got = new Map<string, Uint8Array>()
  return {
    got,
    async get(path, options) {
      const known = got.get(path)
      if (known !== undefined) return known
      const bytes = await source.get(path, options)
      if (bytes !== undefined) got.set(path, bytes)
      return bytes
    },
  }
}

/** The source, with a head that came another way. */
export function withHead(source: Source, environment: string, head: Uint8Array): Source {
  const path = `${environment}/head.json`
  return { get: async (asked, options) => (asked === path ? head : source.get(asked, options)) }
}
