import type { Source } from '../../bundle/source.ts'
import type { Store } from '../../publisher/stores/store.ts'

/** What is served: the reading half of a store. The server reads nothing into the bytes and needs no key. */
export type Files = Pick<Store, 'get' | 'watch'>

const PATH = /^v1\/([^/]+)\/(.+)$/
const HEAD = /^v1\/([^/]+)\/([^/]+)\/head\.json$/

/** Sources as files, one for each project: a bucket, another server, a bundle. Other projects do not exist. */
export function sourceFiles(projects: Readonly<Record<string, Source>>): Files {
  const sources = new Map(Object.entries(projects))
  return {
    async get(path, options) {
      const [, project, rest] = PATH.exec(path) ?? []
      const bytes = await sources
        .get(project ?? '')
        ?.get(rest!, { maxBytes: options?.maxBytes ?? Number.MAX_SAFE_INTEGER })
      return bytes === undefined ? undefined : { bytes, tag: '' }
    },
    watch(path, onChange) {
      const [, project, environment] = HEAD.exec(path) ?? []
      return sources.get(project ?? '')?.watch?.(environment!, () => onChange()) ?? (() => {})
    },
  }
}
