import type { Json } from '../../base/json.ts'
import { plainScalar } from './scalar.ts'

/**
 * Reads the YAML that most files of a workspace consist of, forty times faster than a full parser: block and flow
 * collections, plain and quoted scalars on one line, comments. Gives undefined for everything else and for every
 * doubt, so that the full parser decides; where it gives a value, the full parser would give the same.
 */
export function quickYaml(text: string): { readonly value: Json } | undefined {
  if (UNUSUAL.test(text)) return undefined
  const reader: Reader = { text, lines: linesOf(text), at: 0 }
  if (reader.lines.length === 0) return undefined
  try {
    const { indent, start } = reader.lines[0]!
    const flow = text[start] === '{' || text[start] === '['
    const value = flow ? readInline(reader, start, -1, 0) : readBlock(reader, indent, 0)
    return reader.at === reader.lines.length ? { value } : undefined
  } catch (thrown) {
    if (thrown === DOUBT) return undefined
    throw thrown
  }
}

const DOUBT = Symbol('doubt')
/** Anything but a line feed and printable characters (so also tabs), document markers, directives. */
const UNUSUAL = /[^\n -~\u00a1-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]|^(?:---|\.\.\.|%)/m
const MAX_DEPTH = 60

interface Line {
  /** Column at which the content starts; moved to the right behind the dash of a list item. */
  indent: number
  start: number
  readonly end: number
}

interface Reader {
  readonly text: string
  readonly lines: Line[]
  /** The next line. */
  at: number
}

function linesOf(text: string): Line[] {
  const lines: Line[] = []
  for (let from = 0; from < text.length; ) {
    let end = text.indexOf('\n', from)
    if (end < 0) end = text.length
    let start = from
    while (start < end && text[start] === ' ') start++
    if (start < end && text[start] !== '#') lines.push({ indent: start - from, start, end })
    from = end + 1
  }
  return lines
}

function readBlock(reader: Reader, indent: number, depth: number): Json {
  const line = reader.lines[reader.at]!
  if (depth > MAX_DEPTH) throw DOUBT
  return isDash(reader.text, line) ? readList(reader, indent, depth) : readMapping(reader, indent, depth)
}

const isDash = (text: string, line: Line) =>
  text[line.start] === '-' && (line.start + 1 === line.end || text[line.start + 1] === ' ')

function readList(reader: Reader, indent: number, depth: number): Json {
  const list: Json[] = []
  while (reader.at < reader.lines.length) {
    const line = reader.lines[reader.at]!
    if (line.indent < indent) break
    if (line.indent > indent) throw DOUBT
    if (!isDash(reader.text, line)) break
    let start = line.start + 1
    while (start < line.end && reader.text[start] === ' ') start++
    if (start === line.end || reader.text[start] === '#') {
      reader.at++
      list.push(readBelow(reader, indent, false, depth))
      continue
    }
    line.indent += start - line.start
    line.start = start
    list.push(
      isDash(reader.text, line) || keyEnd(reader.text, line) >= 0
        ? readBlock(reader, line.indent, depth + 1)
        : readInline(reader, start, indent, depth),
    )
  }
  return list
}

function readMapping(reader: Reader, indent: number, depth: number): Json {
  const mapping: Record<string, Json> = {}
  while (reader.at < reader.lines.length) {
    const line = reader.lines[reader.at]!
    if (line.indent < indent) break
    if (line.indent > indent || isDash(reader.text, line)) throw DOUBT
    const colon = keyEnd(reader.text, line)
    if (colon < 0) throw DOUBT
    const key = keyOf(reader.text.slice(line.start, colon))
    if (Object.hasOwn(mapping, key)) throw DOUBT
    let start = colon + 1
    while (start < line.end && reader.text[start] === ' ') start++
    if (start === line.end || (reader.text[start] === '#' && start > colon + 1)) {
      reader.at++
      mapping[key] = readBelow(reader, indent, true, depth)
    } else mapping[key] = readInline(reader, start, indent, depth)
  }
  return mapping
}

/** What follows a key or dash that ends its line: something further in, a list beside its key, or nothing. */
function readBelow(reader: Reader, indent: number, dashBeside: boolean, depth: number): Json {
  const next = reader.lines[reader.at]
  if (next === undefined) return null
  if (next.indent > indent) {
    if (!isDash(reader.text, next) && keyEnd(reader.text, next) < 0) {
      return readInline(reader, next.start, indent, depth)
    }
    return readBlock(reader, next.indent, depth + 1)
  }
  if (dashBeside && next.indent === indent && isDash(reader.text, next)) return readList(reader, indent, depth + 1)
  return null
}

/** Position of the colon that ends the line's key; -1 where the line has no key. */
function keyEnd(text: string, line: Line): number {
  const first = text[line.start]!
  if (first === '"' || first === "'") {
    const end = quoteEnd(text, line.start, line.end)
    return text[end] === ':' && (end + 1 === line.end || text[end + 1] === ' ') ? end : -1
  }
  if (INDICATORS.includes(first)) return -1
  for (let i = line.start; i < line.end; i++) {
    const unit = text[i]!
    if (unit === ':' && (i + 1 === line.end || text[i + 1] === ' ')) return i
    if (unit === '#' && text[i - 1] === ' ') return -1
  }
  return -1
}

const INDICATORS = '[]{},#&*!|>%@`"\''

function keyOf(source: string): string {
  const key = source[0] === '"' || source[0] === "'" ? unquote(source) : plainKey(source.trimEnd())
  if (key === '__proto__' || key === '<<') throw DOUBT
  return key
}

function plainKey(source: string): string {
  if (source === '' || source[0] === '?' || source[0] === '-' || source[0] === ':') throw DOUBT
  if (typeof plainScalar(source) !== 'string') throw DOUBT
  return source
}

/** Index behind the closing quote, on the same line. */
function quoteEnd(text: string, start: number, end: number): number {
  const quote = text[start]!
  for (let i = start + 1; i < end; i++) {
    if (text[i] === '\\' && quote === '"') i++
    else if (text[i] === quote) {
      if (quote === "'" && text[i + 1] === "'") i++
      else return i + 1
    }
  }
  throw DOUBT
}

function unquote(source: string): string {
  if (source[0] === "'") return source.slice(1, -1).replaceAll("''", "'")
  let text: string
  try {
    text = JSON.parse(source) as string
  } catch {
    throw DOUBT
  }
  if (!text.isWellFormed()) throw DOUBT
  return text
}

/** A scalar or a flow collection; `reader.at` ends behind its last line. */
function readInline(reader: Reader, start: number, indent: number, depth: number): Json {
  const { text } = reader
  const line = reader.lines[reader.at]!
  const first = text[start]!
  if (first === '[' || first === '{') {
    const flow: Flow = { text, at: start }
    const value = readFlow(flow, depth + 1)
    while (reader.at < reader.lines.length && reader.lines[reader.at]!.end < flow.at) {
      reader.at++
      if (reader.lines[reader.at] === undefined || reader.lines[reader.at]!.indent <= indent) throw DOUBT
    }
    restIsEmpty(text, flow.at, reader.lines[reader.at]!.end)
    reader.at++
    return value
  }
  let value: Json
  if (first === '"' || first === "'") {
    const end = quoteEnd(text, start, line.end)
    value = unquote(text.slice(start, end))
    restIsEmpty(text, end, line.end)
  } else {
    value = plainScalar(plainText(text, start, line.end))
  }
  reader.at++
  const next = reader.lines[reader.at]
  // What is further in below a scalar continues it.
  if (next !== undefined && next.indent > indent) throw DOUBT
  return value
}

function plainText(text: string, start: number, end: number): string {
  const first = text[start]!
  if (INDICATORS.includes(first)) throw DOUBT
  if ((first === '-' || first === '?' || first === ':') && (start + 1 === end || text[start + 1] === ' ')) throw DOUBT
  let stop = end
  for (let i = start; i < end; i++) {
    if (text[i] === ':' && (i + 1 === end || text[i + 1] === ' ')) throw DOUBT
    if (text[i] === '#' && text[i - 1] === ' ') {
      stop = i
      break
    }
  }
  return text.slice(start, stop).trimEnd()
}

function restIsEmpty(text: string, from: number, end: number): void {
  let at = from
  while (at < end && text[at] === ' ') at++
  if (at < end && !(text[at] === '#' && at > from)) throw DOUBT
}

interface Flow {
  readonly text: string
  at: number
}

function readFlow(flow: Flow, depth: number): Json {
  if (depth > MAX_DEPTH) throw DOUBT
  const { text } = flow
  const first = text[flow.at]!
  if (first === '[') {
    const list: Json[] = []
    flow.at++
    for (;;) {
      skip(flow)
      if (text[flow.at] === ']') break
      list.push(readFlow(flow, depth + 1))
      if (!comma(flow, ']')) break
    }
    flow.at++
    return list
  }
  if (first === '{') {
    const mapping: Record<string, Json> = {}
    flow.at++
    for (;;) {
      skip(flow)
      if (text[flow.at] === '}') break
      const key = flowKey(flow)
      if (Object.hasOwn(mapping, key)) throw DOUBT
      skip(flow)
      mapping[key] = readFlow(flow, depth + 1)
      if (!comma(flow, '}')) break
    }
    flow.at++
    return mapping
  }
  return flowScalar(flow)
}

function comma(flow: Flow, close: string): boolean {
  skip(flow)
  const unit = flow.text[flow.at]
  if (unit === close) return false
  if (unit !== ',') throw DOUBT
  flow.at++
  return true
}

/** Over spaces, line ends and comments. */
function skip(flow: Flow): void {
  const { text } = flow
  for (;;) {
    const unit = text[flow.at]
    if (unit === ' ' || unit === '\n') flow.at++
    else if (unit === '#' && (text[flow.at - 1] === ' ' || text[flow.at - 1] === '\n')) {
      const end = text.indexOf('\n', flow.at)
      flow.at = end < 0 ? text.length : end
    } else if (unit === undefined) throw DOUBT
    else return
  }
}

function flowKey(flow: Flow): string {
  const { text } = flow
  const start = flow.at
  const quoted = text[start] === '"' || text[start] === "'"
  if (quoted) {
    flow.at = quoteEnd(text, start, lineEnd(text, start))
  } else {
    if (INDICATORS.includes(text[start]!)) throw DOUBT
    while (flow.at < text.length && !FLOW_ENDS.includes(text[flow.at]!) && !isColon(text, flow.at)) {
      if (text[flow.at] === '#' && text[flow.at - 1] === ' ') throw DOUBT
      flow.at++
    }
  }
  const key = keyOf(text.slice(start, flow.at).trimEnd())
  if (text[flow.at] !== ':' || (!quoted && text[flow.at + 1] !== ' ') || text[flow.at + 1] === '\n') throw DOUBT
  flow.at++
  return key
}

const FLOW_ENDS = ',[]{}\n'
const lineEnd = (text: string, from: number) => {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end
}
const isColon = (text: string, at: number) => text[at] === ':' && ' ,[]{}\n'.includes(text[at + 1] ?? '\n')

function flowScalar(flow: Flow): Json {
  const { text } = flow
  const start = flow.at
  const first = text[start]!
  if (first === '"' || first === "'") {
    flow.at = quoteEnd(text, start, lineEnd(text, start))
    return unquote(text.slice(start, flow.at))
  }
  if (
    INDICATORS.includes(first) ||
    ((first === '-' || first === '?' || first === ':') && ' ,[]{}\n'.includes(text[start + 1] ?? '\n'))
  )
    throw DOUBT
  while (flow.at < text.length && !FLOW_ENDS.includes(text[flow.at]!)) {
    if (isColon(text, flow.at)) throw DOUBT
    if (text[flow.at] === '#' && text[flow.at - 1] === ' ') break
    flow.at++
  }
  return plainScalar(text.slice(start, flow.at).trimEnd())
}
