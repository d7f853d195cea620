import { type Document, isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml'
import type { Json } from '../../base/json.ts'
import { MAX_JSON_DEPTH } from '../../base/limits.ts'
import { type Path, type Place, type Problem, printPath } from './problem.ts'
import { quickYaml } from './quickyaml.ts'

/** What a file says, or everything that keeps it from saying something. */
export interface Reading {
  readonly value: Json | undefined
  readonly problems: readonly Problem[]
}

/** YAML 1.2 core (so JSON too) without aliases, tags, merge keys, repeated keys and second documents. */
export function readDocument(file: string, text: string): Reading {
  const quick = quickYaml(text)
  if (quick !== undefined) return { value: quick.value, problems: [] }
  const parsed = parse(text)
  const problems = syntaxProblems(file, parsed)
  if (problems.length > 0) return { value: undefined, problems }
  return { value: parsed.document.toJS({ maxAliasCount: 0 }) as Json, problems: [] }
}

interface Parsed {
  readonly document: Document
  readonly lines: LineCounter
}

function parse(text: string): Parsed {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    uniqueKeys: true,
    strict: true,
    prettyErrors: false,
    lineCounter: lines,
  })
  return { document, lines }
}

function syntaxProblems(file: string, { document, lines }: Parsed): Problem[] {
  const problems: Problem[] = []
  const add = (code: string, what: string, cure: string, offset: number) => {
    const { line, col } = lines.linePos(offset)
    problems.push({ code, level: 'error', what, cure, at: { file, line, column: col, path: '' } })
  }
  for (const error of [...document.errors, ...document.warnings]) {
    const [code, what, cure] = SYNTAX[error.code] ?? [
      'yaml',
      messageOf(error.message),
      'Check the indentation and quotes around here.',
    ]
    add(code, what, cure, error.pos[0])
  }
  if (document.contents === null) add('yaml_empty', 'the file says nothing', 'Write its members, or remove it.', 0)
  visit(document, {
    Alias: (_, node) =>
      add('yaml_alias', 'an alias', 'Write the value out: files are read without aliases.', startOf(node)),
    Node(_, node, path) {
      if (node.anchor !== undefined)
        add('yaml_alias', 'an anchor', 'Remove it: files are read without aliases.', startOf(node))
      if (node.tag !== undefined) {
        add('yaml_tag', 'a tag', 'Remove it; quote what should be a text.', startOf(node))
      }
      // Only an escape can say it, and no canonical text can.
      if (isScalar(node) && typeof node.value === 'string' && !node.value.isWellFormed()) {
        add('yaml', 'half of a character', 'Write the whole of it: a pair of escapes, or the character.', startOf(node))
      }
      if (path.length > MAX_JSON_DEPTH * 2) {
        add('yaml', `nested deeper than ${MAX_JSON_DEPTH}`, 'Flatten it.', startOf(node))
        return visit.BREAK
      }
      return undefined
    },
    Pair(_, pair) {
      const key = pair.key
      if (!isScalar(key) || typeof key.value !== 'string') {
        const cure = isScalar(key) && key.source !== undefined ? `Quote it: "${key.source}".` : 'Write a name.'
        add('yaml_key', 'a name that is not a text', cure, startOf(key as Node))
      } else if (key.value === '<<') {
        add('yaml_merge', 'a merge key', 'Write the members out: files are read without merge keys.', startOf(key))
      } else if (key.value === '__proto__') {
        add('yaml_key', 'the name __proto__', 'Choose another name.', startOf(key))
      }
    },
  })
  return problems
}

const SYNTAX: Readonly<Record<string, readonly [code: string, what: string, cure: string]>> = {
  DUPLICATE_KEY: ['yaml_duplicate', 'a name that this mapping has already', 'Remove one of the two.'],
  MULTIPLE_DOCS: ['yaml', 'a second document', 'Write one document into a file.'],
  TAB_AS_INDENT: ['yaml', 'a tab as indentation', 'Indent with spaces.'],
  BAD_INDENT: ['yaml', 'an indentation that fits nothing above', 'Indent members of one mapping alike.'],
}

/** The first line: the rest quotes the file. */
const messageOf = (message: string) => message.split('\n')[0]!.replace(/^./, first => first.toLowerCase())
const startOf = (node: Node | null | undefined) => node?.range?.[0] ?? 0
/** Finds lines in a file that was read before; parses it when the first line is asked for. */
export interface Locator {
  /** `key`: the name itself rather than what it holds. */
  place(path: Path, what?: 'key' | 'value'): Place
  /** A scalar as it is written, quotes and all. */
  source(path: Path): string | undefined
}

export function locator(file: string, text: string): Locator {
  let parsed: Parsed | undefined
  const read = () => {
    parsed ??= parse(text)
    return parsed
  }
  return {
    place(path, what = 'value') {
      const { document, lines } = read()
      const offset = offsetOf(document, path, what)
      const { line, col } = lines.linePos(offset)
      return { file, line, column: col, path: printPath(path) }
    },
    source(path) {
      const node = nodeAt(read().document, path)
      return isScalar(node) && node.range ? text.slice(node.range[0], node.range[1]) : undefined
    },
  }
}

function nodeAt(document: Document, path: Path): unknown {
  return path.length === 0 ? document.contents : document.getIn(path, true)
}

/** Of the node, else of the nearest one around it. */
function offsetOf(document: Document, path: Path, what: 'key' | 'value'): number {
  const last = path.at(-1)
  if (last === undefined) return startOf(document.contents)
  const parent = nodeAt(document, path.slice(0, -1))
  if (isMap(parent)) {
    const pair = parent.items.find(item => isPair(item) && isScalar(item.key) && item.key.value === last)
    if (pair !== undefined) {
      const value = pair.value as Node | null
      return what === 'key' || !value?.range ? startOf(pair.key as Node) : startOf(value)
    }
  }
  if (isSeq(parent) && typeof last === 'number') {
    const item = parent.items[last] as Node | undefined
    if (item?.range) return startOf(item)
  }
  return offsetOf(document, path.slice(0, -1), what)
}
