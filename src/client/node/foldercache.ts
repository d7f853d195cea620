import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { EnsignError } from '../../base/errors.ts'
import { MAX_BUNDLE } from '../../base/limits.ts'
import type { Cache } from '../cache.ts'

export interface FolderCacheOptions {
  /** A larger file is neither written nor read; default 256 MiB. */
  readonly maxBytes?: number
}

const NAME_FORM = /^[a-z0-9.-]{1,160}$/
const TEMPORARY_FORM = /^\..+\.tmp$/
/** What a killed process left behind. */
const LEFTOVER_MS = 3_600_000

/**
 * A folder with one file for each environment. A file is written beside, synced and renamed, so that a reader, another
 * process, and a kill at any moment find the old bytes or the new ones. Whoever writes last wins; all are verified.
 */
export function folderCache(directory: string, { maxBytes = MAX_BUNDLE }: FolderCacheOptions = {}): Cache {
  const folder = resolve(directory)
  const fileOf = (key: string): string => {
    if (!NAME_FORM.test(key)) throw new EnsignError('options', 'a cache key that is no file name')
    return join(folder, key)
  }

  const sweep = async (): Promise<void> => {
    for (const name of await readdir(folder)) {
      if (!TEMPORARY_FORM.test(name)) continue
      const file = join(folder, name)
      const found = await stat(file).catch(() => undefined)
      if (found !== undefined && Date.now() - found.mtimeMs > LEFTOVER_MS) await rm(file, { force: true })
    }
  }

  return {
    async load(key) {
      const file = fileOf(key)
      try {
        if ((await stat(file)).size > maxBytes) return undefined
        return new Uint8Array(await readFile(file))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        throw error
      }
    },
    async save(key, bytes) {
      if (bytes.length > maxBytes) throw new EnsignError('too_large', `more than ${maxBytes} bytes`)
      const file = fileOf(key)
      // Rules are nobody's secret here, but whoever may write them makes this process start from them.
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await sweep()
      const temporary = join(folder, `.${key}.${randomUUID()}.tmp`)
      try {
        const handle = await open(temporary, 'wx', 0o600)
        try {
          await handle.writeFile(bytes)
          await handle.sync()
        } finally {
          await handle.close()
        }
        await rename(temporary, file)
      } finally {
        await rm(temporary, { force: true })
      }
    },
  }
}
