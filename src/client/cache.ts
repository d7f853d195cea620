/**
 * Where the newest verified state is kept between starts: one bundle.ndjson under each key. Nobody trusts what it
 * gives; it is verified like anything else. A key-value store on the edge is two lines:
 *
 *     { load: async key => new Uint8Array((await kv.get(key, 'arrayBuffer')) ?? []),
 *       save: (key, bytes) => kv.put(key, bytes) }
 */
export interface Cache {
  /** Undefined, or no bytes at all: there is nothing. */
  load(key: string): Promise<Uint8Array | undefined>
  /** Replaces what is there, whole or not at all. */
  save(key: string, bytes: Uint8Array): Promise<void>
}

/** Ids hold no `.`, so no two pairs share a key. */
export function cacheKey(project: string, environment: string): string {
  return `${project}.${environment}.ndjson`
}
