/** What a store holds under one path. `tag` changes with the bytes and is opaque: it only comes back as `ifMatch`. */
export interface Stored {
  readonly bytes: Uint8Array
  readonly tag: string
}

/** `ifNoneMatch`: only where nothing is stored yet. `ifMatch`: only over the bytes that have this tag. */
export type PutCondition = { readonly ifNoneMatch: true } | { readonly ifMatch: string }

/**
 * Static files with compare-and-swap. Paths begin at the store's root, e.g. `v1/shop/production/head.json`.
 * A put is all or nothing, is durable once it returns, and fails with `store_conflict` when its condition does not hold.
 */
export interface Store {
  get(path: string, options?: { readonly maxBytes?: number }): Promise<Stored | undefined>
  /** The new tag. */
  put(path: string, bytes: Uint8Array, condition: PutCondition): Promise<string>
  /**
   * Brings arrays to the disk that will be put soon: what a put of one of them then waits for is its name alone. They
   * are not to change meanwhile. Calling the answer lets go of those that were not put.
   */
  stage?(all: readonly Uint8Array[]): () => void
  /** Calls after the bytes under the path have changed; several changes may come as one call. */
  watch?(path: string, onChange: () => void): () => void
}
