import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { EnsignError } from '../../base/errors.ts'
import { writeDurable } from '../stores/durable.ts'
import { eachAtOnce } from '../stores/each.ts'

/** Plain files that git and CI carry: each appears whole or not at all, and a killed command can be given again. */
export async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const temporary = join(dirname(file), `.${randomUUID()}`)
  try {
    await writeDurable(temporary, bytes)
    await rename(temporary, file)
  } finally {
    await rm(temporary, { force: true })
  }
}

/** A folder with all its files, at once: what is half written has a name that nobody reads. */
export async function writeFolder(folder: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const temporary = join(dirname(folder), `.${randomUUID()}`)
  const paths = new Map([...files].map(([name, bytes]) => [join(temporary, name), bytes]))
  try {
    for (const made of new Set([temporary, ...[...paths.keys()].map(path => dirname(path))])) {
      await mkdir(made, { recursive: true })
    }
    await eachAtOnce(paths, ([path, bytes]) => writeDurable(path, bytes))
    await rename(temporary, folder)
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

export async function readWhole(file: string, maxBytes: number): Promise<Uint8Array | undefined> {
  try {
    const bytes = new Uint8Array(await readFile(file))
    if (bytes.length > maxBytes) throw new EnsignError('too_large', `more than ${maxBytes} bytes`, { at: file })
    return bytes
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** Names in a folder, those of half-written files left out. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter(name => !name.startsWith('.')).sort()
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')
}
