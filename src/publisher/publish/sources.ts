import { EnsignError } from '../../base/errors.ts'
import type { Source } from '../../bundle/source.ts'
import type { Store } from '../stores/store.ts'
import { headPath, projectPath } from './paths.ts'

/** A store as SDKs see it. */
export function storeSource(store: Store, project: string): Source {
  const get: Source['get'] = async (path, { maxBytes }) =>
    (await store.get(projectPath(project, path), { maxBytes }))?.bytes
  const { watch } = store
  if (watch === undefined) return { get }
  return {
    get,
    watch: (environment, onHead) => {
      const path = projectPath(project, headPath(environment))
      return watch(path, () => {
        store.get(path).then(
          stored => stored !== undefined && onHead(stored.bytes),
          () => undefined,
        )
      })
    },
  }
}

/** What would be served if these files were there too: so a result is verified before anything is written. */
export function overlay(source: Source, files: ReadonlyMap<string, Uint8Array>): Source {
  return {
    async get(path, options) {
      const own = files.get(path)
      if (own === undefined) return source.get(path, options)
      if (own.length > options.maxBytes) throw new EnsignError('too_large', 'over its cap', { at: path })
      return own
    },
  }
}
