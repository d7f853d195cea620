import { type FSWatcher, watch } from 'node:fs'
import { readFile, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { EnsignError } from '../../base/errors.ts'
import { MAX_HEAD_FILE } from '../../base/limits.ts'
import type { GetOptions, Source } from '../../bundle/source.ts'

/** Segments of names as the store has them: no `..`, nothing hidden, nothing absolute. */
const PATH_FORM = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/

/** A store's folder on this machine: the folder that holds `v1/`, and one project in it. */
export function folderSource(directory: string, project: string): Source {
  const folder = resolve(directory, 'v1', project)

  const get = async (path: string, { maxBytes }: GetOptions): Promise<Uint8Array | undefined> => {
    if (!PATH_FORM.test(path)) return undefined
    const file = join(folder, path)
    try {
      // A link inside the folder must not lead out of it.
      if (!(await realpath(file)).startsWith((await realpath(folder)) + sep)) return undefined
      const found = await stat(file)
      if (!found.isFile()) return undefined
      if (found.size > maxBytes) throw new EnsignError('too_large', `more than ${maxBytes} bytes`, { at: path })
      return new Uint8Array(await readFile(file))
    } catch (error) {
      if (isAbsent(error)) return undefined
      throw error
    }
  }

  return {
    get,
    watch(environment, onHead) {
      const path = `${environment}/head.json`
      const file = join(folder, path)
      let open = true
      let reading = false
      let again = false
      const read = async (): Promise<void> => {
        if (reading) {
          again = true
          return
        }
        reading = true
        do {
          again = false
          // One that cannot be read just now is left to polling.
          const bytes = await get(path, { maxBytes: MAX_HEAD_FILE }).catch(() => undefined)
          if (bytes !== undefined && open) onHead(bytes)
        } while (again)
        reading = false
      }
      let watcher: FSWatcher | undefined
      try {
        watcher = watch(dirname(file), { persistent: false }, (_, name) => {
          if (name === null || name === basename(file)) void read()
        })
        // The folder itself may go away; polling goes on.
        watcher.on('error', () => watcher?.close())
      } catch (error) {
        if (!isAbsent(error)) throw error
      }
      return () => {
        open = false
        watcher?.close()
      }
    },
  }
}

function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException)?.code ?? '')
}
