import { open } from 'node:fs/promises'

/** A new file whose bytes are on the disk. */
export async function writeDurable(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, 'wx')
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } catch (error) {
    // Some file systems do not sync folders; there is nothing better to do on them.
    if (!['EINVAL', 'EISDIR', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  } finally {
    await handle.close()
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
