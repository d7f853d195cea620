import { closeSync, fsync, openSync, writeFile, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'

/**
 * The kernel keeps names and small files in its memory, and answers within microseconds; the way through the thread
 * pool and back takes ten times that, and hundreds of times on a busy machine. So these steps are taken at once, and
 * what waits for the disk is left to the pool.
 */
export const SMALL = 64 * 1024

const sync = promisify(fsync)
const writeLarge = promisify(writeFile)

/** A new file whose bytes are on the disk. */
export async function writeDurable(file: string, bytes: Uint8Array): Promise<void> {
  const handle = openSync(file, 'wx')
  try {
    if (bytes.length <= SMALL) writeFileSync(handle, bytes)
    else await writeLarge(handle, bytes)
    await sync(handle)
  } finally {
    closeSync(handle)
  }
}

export async function syncFolder(folder: string): Promise<void> {
  const handle = openSync(folder, 'r')
  try {
    await sync(handle)
  } catch (error) {
    // Some file systems do not sync folders; there is nothing better to do on them.
    if (!['EINVAL', 'EISDIR', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  } finally {
    closeSync(handle)
  }
}

/** One sync serves all who asked for it before it began; who asks while it runs gets the next one. */
export function sharedSync(sync: (folder: string) => Promise<void>): (folder: string) => Promise<void> {
  const waiting = new Map<string, Promise<void>>()
  const running = new Map<string, Promise<void>>()
  return folder => {
    const joined = waiting.get(folder)
    if (joined !== undefined) return joined
    const last = running.get(folder)?.catch(() => undefined) ?? Promise.resolve()
    const own = last.then(() => {
      waiting.delete(folder)
      const work = sync(folder)
      running.set(folder, work)
      const done = () => void (running.get(folder) === work && running.delete(folder))
      work.then(done, done)
      return work
    })
    waiting.set(folder, own)
    return own
  }
}
