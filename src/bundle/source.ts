export interface GetOptions {
  /** The source stops reading beyond this, and throws `too_large`. */
  readonly maxBytes: number
  readonly signal?: AbortSignal | undefined
}

/**
 * Where bytes come from: a store over HTTP, a folder, a bundle file, a cache. No byte that it gives is trusted.
 * Paths are those of the store below `v1/{project}/`: `roots/2.json`, `production/head.json`,
 * `production/parts/{digest}.json`, `production/log/1/tile/0/000`. A source that holds one environment only, such as a
 * bundle file, answers for whichever environment it is asked: the statements inside are compared with it.
 */
export interface Source {
  /** `undefined`: it is not there. Everything else that goes wrong is thrown. */
  get(path: string, options: GetOptions): Promise<Uint8Array | undefined>
  /** Pushes each new head.json, if the source can. The answer ends it. */
  watch?(environment: string, onHead: (head: Uint8Array) => void): () => void
}
