import { createHash, randomUUID } from 'node:crypto'
import {
  existsSync,
  type FSWatcher,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  watch,
} from 'node:fs'
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { EnsignError } from '../../base/errors.ts'
import { SMALL, sharedSync, syncFolder, writeDurable } from './durable.ts'
import { withLock } from './lock.ts'
import { checkPath } from './paths.ts'
import type { Store, Stored } from './store.ts'

/** Begins with a dot, so no store path leads into it and web servers leave it out. */
const OWN = '.ensign'
const LEFTOVER_MS = 24 * 3600_000

/**
 * A folder as a store. New bytes go to a temporary file that is fsynced and then linked (where nothing may be there)
 * or renamed under the lock (where something must be), and the folder is fsynced after. A kill at any point leaves the
 * old bytes or the new ones, and at most a temporary file, which a later opening sweeps away.
 */
export function folderStore(directory: string): Store {
  const root = resolve(directory)
  let ready: Promise<void> | undefined
  const syncShared = sharedSync(syncFolder)
  const read = async (path: string, maxBytes = Number.POSITIVE_INFINITY): Promise<Stored | undefined> => {
    const file = join(root, checkPath(path))
    try {
      const found = statSync(file)
      // A pipe would hold the process, and a device has no end.
      if (!found.isFile()) return undefined
      const { size } = found
      if (size > maxBytes) throw new EnsignError('too_large', `more than ${maxBytes} bytes`, { at: path })
      const bytes = new Uint8Array(size <= SMALL ? readFileSync(file) : await readFile(file))
      return { bytes, tag: tagOf(bytes) }
    } catch (error) {
      if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EISDIR')) return undefined
      throw error
    }
  }
  /** Files that have their new bytes, which a power cut could still take back. */
  const unsynced = new Map<string, Promise<void>>()
  const syncFor = async (file: string): Promise<void> => {
    const synced = syncShared(dirname(file))
    unsynced.set(file, synced)
    try {
      await synced
    } finally {
      if (unsynced.get(file) === synced) unsynced.delete(file)
    }
  }
  /** Temporary files with the bytes of puts that are still to come. */
  const staged = new Map<Uint8Array, Promise<string>>()
  const writeTemporary = async (bytes: Uint8Array): Promise<string> => {
    ready ??= prepare(root)
    const temporary = join(root, OWN, 'tmp', randomUUID())
    try {
      await ready
      await writeDurable(temporary, bytes)
    } catch (error) {
      // Space may be found, and a folder that went away be made again.
      ready = undefined
      if (existsSync(temporary)) rmSync(temporary, { force: true })
      throw error
    }
    return temporary
  }
  return {
    get: (path, options) => read(path, options?.maxBytes),
    stage(all) {
      for (const bytes of all) {
        if (staged.has(bytes)) continue
        const written = writeTemporary(bytes)
        // The put tells of it.
        written.catch(() => undefined)
        staged.set(bytes, written)
      }
      return () => {
        for (const bytes of all) {
          const left = staged.get(bytes)
          staged.delete(bytes)
          left?.then(temporary => rmSync(temporary, { force: true })).catch(() => undefined)
        }
      }
    },
    async put(path, bytes, condition) {
      const file = join(root, checkPath(path))
      await makeFolder(dirname(file), root)
      const written = staged.get(bytes)
      staged.delete(bytes)
      // Cheaper than to find out after a write; the link decides.
      if (written === undefined && 'ifNoneMatch' in condition && existsSync(file)) throw conflict(path)
      const temporary = await (written ?? writeTemporary(bytes))
      try {
        if ('ifNoneMatch' in condition) linkNew(temporary, file, path)
        else {
          await withLock(join(root, OWN, 'lock'), async held => {
            if ((await read(path))?.tag !== condition.ifMatch || !held()) throw conflict(path)
            renameSync(temporary, file)
          })
        }
      } finally {
        rmSync(temporary, { force: true })
      }
      await syncFor(file)
      return tagOf(bytes)
    },
    watch(path, onChange) {
      const file = join(root, checkPath(path))
      mkdirSync(dirname(file), { recursive: true })
      let last: Promise<string | undefined> = read(path).then(stored => stored?.tag)
      last.catch(() => undefined)
      let open = true
      const watcher: FSWatcher = watch(dirname(file), { persistent: false }, (_, name) => {
        if (name !== null && name !== basename(file)) return
        // A look that failed is no reason to take no other.
        last = last
          .catch(() => undefined)
          .then(async before => {
            // Nobody is told of what is not yet kept.
            await unsynced.get(file)?.catch(() => undefined)
            const after = (await read(path))?.tag
            if (open && after !== before) onChange()
            return after
          })
        last.catch(() => undefined)
      })
      // The folder itself may go away; the reader then polls.
      watcher.on('error', () => watcher.close())
      return () => {
        open = false
        watcher.close()
      }
    },
  }
}

function tagOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

async function prepare(root: string): Promise<void> {
  const folder = join(root, OWN, 'tmp')
  await mkdir(folder, { recursive: true })
  for (const name of await readdir(folder)) {
    const found = await stat(join(folder, name)).catch(() => undefined)
    if (found !== undefined && Date.now() - found.mtimeMs > LEFTOVER_MS) await rm(join(folder, name), { force: true })
  }
}

/** Makes the missing folders and fsyncs the parent of each, or a power cut could lose the file with its folder. */
async function makeFolder(folder: string, root: string): Promise<void> {
  const first = mkdirSync(folder, { recursive: true })
  if (first === undefined) return
  for (let at = folder; at.startsWith(root) && at.length >= first.length; at = dirname(at))
    await syncFolder(dirname(at))
}

function linkNew(temporary: string, file: string, path: string): void {
  try {
    linkSync(temporary, file)
  } catch (error) {
    if (isErrno(error, 'EEXIST')) throw conflict(path)
    throw error
  }
}

function conflict(path: string): EnsignError {
  return new EnsignError('store_conflict', 'the file is not what it was', { at: path })
}

function isErrno(error: unknown, ...codes: string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException)?.code ?? '')
}
