import { isMap, isPair, isScalar, isSeq, parseDocument, visit } from 'yaml'
import type { FileOf, Workspace } from '../publisher/workspace/types.ts'

/** A place in a file where a flag is named. */
export interface Reference {
  readonly file: string
  readonly line: number
  readonly from: number
  readonly to: number
}

/** Members whose value is the key of a flag, or a list of such keys. */
const NAMES = new Set(['flag', 'stopped'])

/** Where other files, and conditions of the flag's own, name it: byte ranges, so that nothing else has to be rewritten. */
export function referencesTo(workspace: Workspace, key: string): Reference[] {
  const files: FileOf<unknown>[] = [...workspace.flags.values(), ...workspace.segments.values(), ...workspace.tests]
  return files.filter(file => file.text.includes(key)).flatMap(file => inFile(file, key))
}

function inFile({ file, text }: FileOf<unknown>, key: string): Reference[] {
  const found: Reference[] = []
  const add = (node: unknown) => {
    if (!isScalar(node) || node.value !== key || !node.range) return
    const [from, to] = node.range
    found.push({ file, line: text.slice(0, from).split('\n').length, from, to })
  }
  visit(parseDocument(text), {
    Pair(_, pair) {
      if (!isPair(pair) || !isScalar(pair.key) || !NAMES.has(String(pair.key.value))) return
      add(pair.value)
      if (isSeq(pair.value)) for (const item of pair.value.items) add(item)
    },
  })
  return found
}

/** The text with a scalar in each of the places, last first. */
export function replaceAt(text: string, places: readonly Reference[], scalar: string): string {
  return [...places]
    .sort((a, b) => b.from - a.from)
    .reduce((all, { from, to }) => all.slice(0, from) + scalar + all.slice(to), text)
}

/** The place of a top-level scalar. */
export function scalarAt({ file, text }: FileOf<unknown>, name: string): Reference | undefined {
  const { contents } = parseDocument(text)
  const node = isMap(contents) ? contents.get(name, true) : undefined
  if (!isScalar(node) || !node.range) return undefined
  return { file, line: 0, from: node.range[0], to: node.range[1] }
}
