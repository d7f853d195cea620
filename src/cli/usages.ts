import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { constantNames, GENERATED } from './types.ts'

/** A line of code that names a flag. */
export interface Usage {
  readonly flag: string
  readonly file: string
  readonly line: number
}

export interface Usages {
  readonly known: readonly Usage[]
  /** Code asks for a flag that there is not. */
  readonly unknown: readonly Usage[]
}

const SKIPPED = new Set(['node_modules', 'dist', 'build', 'coverage', 'vendor', 'target'])
const CODE = /\.(?:[cm]?[jt]sx?|vue|svelte|py|go|rb|java|kt|kts|scala|cs|php|rs|swift|dart|ex|exs|html)$/
const MAX_FILE = 4 * 1024 * 1024

const QUOTED = /(["'`])([A-Za-z0-9._-]{1,128})\1/g
/** `FLAGS.newCheckout`, of what `ensign types` made. */
const CONSTANT = /\bFLAGS\s*\??\.\s*([A-Za-z_]\w*)/g
/** A call that can only mean a flag: on something named flags or view, or with a name that is OpenFeature's own. */
const CALLS = [
  /(?:flags|view)\s*\??\.\s*(?:isEnabled|value|variant|evaluate|explain)\s*(?:<[^<>()]*>)?\(\s*(["'`])([A-Za-z0-9._-]{1,128})\1/gi,
  /\.get(?:Boolean|String|Number|Object)(?:Value|Details)\s*(?:<[^<>()]*>)?\(\s*(["'`])([A-Za-z0-9._-]{1,128})\1/g,
]

/** Looks through the code below some folders for the flags of a workspace: keys in quotes, and generated constants. */
export async function usagesIn(folders: readonly string[], keys: ReadonlySet<string>): Promise<Usages> {
  const constants = new Map([...constantNames(keys)].map(([key, name]) => [name, key]))
  const [known, unknown, members] = [new Map<string, Usage>(), new Map<string, Usage>(), new Map<string, Usage>()]
  // The name is common; a member that is missing means something only where the constants are in use.
  let hasConstants = false
  for (const folder of folders) {
    for (const name of await codeIn(folder)) {
      const file = folder === '.' ? name : join(folder, name)
      const text = await readFile(join(folder, name), 'utf8')
      if (text.startsWith(GENERATED)) {
        hasConstants = true
        continue
      }
      const add = (into: Map<string, Usage>, flag: string, offset: number) => {
        const line = lineAt(text, offset)
        into.set(`${flag} ${file}:${line}`, { flag, file, line })
      }
      for (const { 2: key, index } of text.matchAll(QUOTED)) if (keys.has(key!)) add(known, key!, index)
      for (const { 1: member, index } of text.matchAll(CONSTANT)) {
        const key = constants.get(member!)
        add(key === undefined ? members : known, key ?? `FLAGS.${member}`, index)
      }
      for (const call of CALLS) {
        for (const { 0: all, 2: key, index } of text.matchAll(call)) {
          if (!keys.has(key!)) add(unknown, key!, index + all.length - 1)
        }
      }
    }
  }
  const missing = [...unknown.values(), ...(hasConstants ? members.values() : [])]
  return { known: [...known.values()].sort(byPlace), unknown: missing.sort(byPlace) }
}

function lineAt(text: string, offset: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line += 1
  return line
}

function byPlace(a: Usage, b: Usage): number {
  return order(a.flag, b.flag) || order(a.file, b.file) || a.line - b.line
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

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
