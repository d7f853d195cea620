import { equalBytes } from '../../base/bytes.ts'
import { EnsignError } from '../../base/errors.ts'
import type { Store, Stored } from './store.ts'

export function isConflict(error: unknown): boolean {
  return error instanceof EnsignError && error.code === 'store_conflict'
}

/** A file whose path says what it holds: written once, and the same again is no conflict. True where it was new. */
export async function putOnce(store: Store, path: string, bytes: Uint8Array): Promise<boolean> {
  try {
    await store.put(path, bytes, { ifNoneMatch: true })
    return true
  } catch (error) {
    if (!isConflict(error)) throw error
    const there = await store.get(path, { maxBytes: bytes.length })
    if (there !== undefined && equalBytes(there.bytes, bytes)) return false
    throw error
  }
}

/**
 * A derived file that several writers may bring forward: over whatever is there, for as long as `wanted` says that
 * what is there is behind. Loses to a newer one without an error. `last` is what was read there just now.
 */
export async function putForward(
  store: Store,
  path: string,
  bytes: Uint8Array,
  wanted: (there: Uint8Array) => boolean,
  last?: Stored,
): Promise<void> {
  for (let attempt = 0; attempt < 16; attempt++) {
    const there = attempt === 0 && last !== undefined ? last : await store.get(path)
    if (there !== undefined && (equalBytes(there.bytes, bytes) || !wanted(there.bytes))) return
    try {
      await store.put(path, bytes, there === undefined ? { ifNoneMatch: true } : { ifMatch: there.tag })
      return
    } catch (error) {
      if (!isConflict(error)) throw error
    }
  }
  throw new EnsignError('store_conflict', 'other writers kept winning', { at: path })
}
