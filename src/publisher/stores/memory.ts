import { EnsignError } from '../../base/errors.ts'
import { checkPath } from './paths.ts'
import type { Store } from './store.ts'

/** A store in memory: for tests, and for publishing what another process carries away. */
export function memoryStore(): Store {
  const files = new Map<string, { bytes: Uint8Array; tag: string }>()
  const watchers = new Map<string, Set<() => void>>()
  let writes = 0
  return {
    async get(path, { maxBytes = Number.POSITIVE_INFINITY } = {}) {
      const file = files.get(checkPath(path))
      if (file === undefined) return undefined
      if (file.bytes.length > maxBytes) throw new EnsignError('too_large', `more than ${maxBytes} bytes`, { at: path })
      return { bytes: file.bytes.slice(), tag: file.tag }
    },
    async put(path, bytes, condition) {
      const found = files.get(checkPath(path))?.tag
      if (found !== ('ifMatch' in condition ? condition.ifMatch : undefined)) {
        throw new EnsignError('store_conflict', 'the file is not what it was', { at: path })
      }
      const tag = String(++writes)
      files.set(path, { bytes: bytes.slice(), tag })
      for (const notify of watchers.get(path) ?? []) queueMicrotask(notify)
      return tag
    },
    watch(path, onChange) {
      const all = watchers.get(checkPath(path)) ?? new Set()
      // Its own function, so that one callback may watch twice and stop once.
      const notify = () => onChange()
      watchers.set(path, all.add(notify))
      return () => void all.delete(notify)
    },
  }
}
