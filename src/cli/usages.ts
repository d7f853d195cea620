import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** A line of code that names a flag in quotes. */
export interface Usage {
  readonly flag: string
  readonly file: string
  readonly line: number
}

const SKIPPED = new Set(['node_modules', 'dist', 'build', 'coverage', 'vendor', 'target'])
const CODE = /\.(?:[cm]?[jt]sx?|vue|svelte|py|go|rb|java|kt|kts|scala|cs|php|rs|swift|dart|ex|exs|html)$/
const MAX_FILE = 4 * 1024 * 1024

/** Looks through the code below some folders for the keys of flags in quotes. */
export async function usagesIn(folders: readonly string[], keys: ReadonlySet<string>): Promise<Usage[]> {
  const usages: Usage[] = []
  for (const folder of folders) {
    for (const file of await codeIn(folder)) {
      const text = await readFile(join(folder, file), 'utf8')
      for (const [i, line] of text.split('\n').entries()) {
        const found = new Set([...line.matchAll(/(["'`])([A-Za-z0-9._-]{1,128})\1/g)].map(match => match[2]!))
        for (const flag of found)
          if (keys.has(flag)) usages.push({ flag, file: folder === '.' ? file : join(folder, file), line: i + 1 })
      }
    }
  }
  return usages.sort((a, b) =>
    a.flag < b.flag ? -1 : a.flag > b.flag ? 1 : a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line,
  )
}

async function codeIn(folder: string, below = ''): Promise<string[]> {
  const files: string[] = []
  const entries = await readdir(join(folder, below), { withFileTypes: true })
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue
    const name = join(below, entry.name)
    if (entry.isDirectory()) {
      if (!SKIPPED.has(entry.name)) files.push(...(await codeIn(folder, name)))
    } else if (entry.isFile() && CODE.test(entry.name) && (await stat(join(folder, name))).size <= MAX_FILE)
      files.push(name)
  }
  return files
}
