import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const SRC = resolve(import.meta.dirname, '../src')

/** A folder may import from itself and from lower levels; equal levels do not know each other. */
const LEVELS: Record<string, number> = {
  base: 0,
  rules: 1,
  trust: 2,
  log: 2,
  bundle: 3,
  client: 4,
  publisher: 4,
  adapters: 5,
  cli: 6,
  entries: 7,
}
/** `rules` stands below `trust` and `log` in the tree, yet neither may know it. */
const STRANGERS: Record<string, string[]> = { trust: ['rules'], log: ['rules'] }
/** Time, chance and the outside world come in as parameters up to level 3. */
const IMPURE =
  /\bDate\.now\b|\bnew Date\(\)|\bperformance\b|\bMath\.random\b|\bgetRandomValues\b|\brandomUUID\b|\bfetch\(|\bconsole\b|\bprocess\b|['"]node:|\bset(?:Timeout|Interval|Immediate)\b/

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts'))
const layerOf = (file: string) => (file.includes('/') ? file.slice(0, file.indexOf('/')) : 'entries')
const code = (file: string) =>
  readFileSync(join(SRC, file), 'utf8')
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/(^|\s)\/\/.*$/gm, '')

function importsOf(file: string): { target: string; typeOnly: boolean }[] {
  const found = code(file).matchAll(
    /\b(?:import|export)\s(type\s)?[^'"]*?from\s*['"](\.[^'"]+)['"]|import\(['"](\.[^'"]+)['"]\)/g,
  )
  return [...found].map(match => ({
    target: relative(SRC, resolve(SRC, dirname(file), (match[2] ?? match[3])!)),
    typeOnly: match[1] !== undefined,
  }))
}

describe('layers', () => {
  it.each(files)('%s imports its own folder or a lower level only', file => {
    const from = layerOf(file)
    expect(LEVELS, `src/${from} is no layer`).toHaveProperty(from)
    for (const { target } of importsOf(file)) {
      const to = layerOf(target)
      const allowed = to === from || (LEVELS[to]! < LEVELS[from]! && !STRANGERS[from]?.includes(to))
      expect(allowed, `${file} -> ${target}`).toBe(true)
    }
  })

  it.each(files.filter(file => LEVELS[layerOf(file)]! <= 3))('%s is pure', file => {
    expect(code(file).match(IMPURE)?.[0]).toBeUndefined()
  })

  it('has no circular import', () => {
    const graph = new Map(
      files.map(file => [
        file,
        importsOf(file)
          .filter(one => !one.typeOnly)
          .map(one => one.target),
      ]),
    )
    const done = new Set<string>()
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) throw new Error(`circular: ${[...path.slice(path.indexOf(file)), file].join(' -> ')}`)
      if (done.has(file)) return
      for (const target of graph.get(file) ?? []) visit(target, [...path, file])
      done.add(file)
    }
    for (const file of files) visit(file, [])
    expect(done.size).toBe(files.length)
  })
})
