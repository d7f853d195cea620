/**
 * What is served: files by project and by path below `v1/{project}/`. A store, a folder and a verified relay copy are
 * each an origin. The server itself reads nothing into the bytes and needs no key.
 */
export interface Origin {
  /** undefined: not there. Throws where the store cannot be reached. */
  get(project: string, path: string, maxBytes: number): Promise<Uint8Array | undefined>
  /** Told at once when a head may have changed; without it the server looks once a second. */
  watch?(project: string, environment: string, onChange: () => void): () => void
  /** Shown by /readyz: false while there is nothing good to serve. */
  ready?(): boolean
}

/** The part of a store, of a verified source, of any reader that an origin needs. Its paths are below `v1/{project}/`. */
export interface ProjectReader {
  get(path: string, options: { readonly maxBytes: number }): Promise<Uint8Array | undefined>
  watch?(environment: string, onHead: (head: Uint8Array) => void): () => void
}

/** One reader for each project; other projects do not exist. */
export function originOf(projects: Readonly<Record<string, ProjectReader>>): Origin {
  const readers = new Map(Object.entries(projects))
  return {
    async get(project, path, maxBytes) {
      return readers.get(project)?.get(path, { maxBytes })
    },
    watch(project, environment, onChange) {
      return readers.get(project)?.watch?.(environment, () => onChange()) ?? (() => {})
    },
  }
}
