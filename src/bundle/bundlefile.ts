import { fromUtf8, utf8 } from '../base/bytes.ts'
import { EnsignError } from '../base/errors.ts'
import { canonicalBytes, isObject, type Json, parseJson } from '../base/json.ts'
import { MAX_BUNDLE_HEADER, MAX_INDEX } from '../base/limits.ts'
import { must } from '../base/must.ts'
import { AT, readLines } from './lines.ts'
import { digestOfFile, isWithinCap, type PartReference, parseIndex } from './parts.ts'
import type { GetOptions, Source } from './source.ts'

/**
 * bundle.ndjson: everything that a cold start needs, in one file. Every line is ended by one LF.
 *
 *     {"head":<head.json>,"roots":["<root 1>","<root 2>",…]}
 *     {"parts":[["<digest>",<size>],…]}
 *     <each distinct part, in the order in which the index names it first>
 */
export interface BundleSource extends Source {
  /** Reads what was not asked for, and checks that the file has the form above and ends where it must. */
  finish(): Promise<void>
}

interface Opened {
  readonly head: Uint8Array<ArrayBuffer>
  /** By version, from 1. */
  readonly roots: readonly string[]
}

const ROOT_PATH = /^roots\/([1-9]\d{0,8})\.json$/
const HEAD_PATH = /^[^/]+\/head\.json$/
const PART_PATH = /^[^/]+\/parts\/([0-9a-f]{64})\.json$/

/**
 * A bundle file as a source. It is read only as far as it is asked for: who verifies the head and then the index before
 * asking for a part, never holds more than a header line and an index of which nobody vouched.
 */
export function openBundleFile(bytes: Uint8Array | AsyncIterable<Uint8Array>): BundleSource {
  const lines = readLines(bytes)
  let opened: Promise<Opened> | undefined
  let index: Promise<Indexed> | undefined
  let reading: Promise<unknown> = Promise.resolve()
  const parts = new Map<string, Uint8Array>()
  let next = 0

  const open = () => (opened ??= lines.next(MAX_BUNDLE_HEADER).then(readHeader))
  const openIndex = () =>
    (index ??= open()
      .then(() => lines.next(MAX_INDEX))
      .then(readIndexLine))

  /** Reads up to the wanted part; without one, up to the end of the file. */
  const readTo = async (wanted: string | undefined): Promise<void> => {
    const { order } = await openIndex()
    while (next < order.length && !(wanted !== undefined && parts.has(wanted))) {
      const part = order[next]!
      const line = await lines.next(part.size, 'part_size')
      must('F.5', line !== undefined, 'bundle_form', AT, 'the bundle ends before its last part')
      must('F.6', line.length === part.size, 'part_size', AT)
      parts.set(part.digest, line)
      next += 1
    }
    if (next === order.length) must('F.7', await lines.ended(), 'bundle_form', AT, 'data after the last part')
  }

  /** One reader at a time, in the order of asking; after a failure the place in the file is lost, so it stays. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = reading.then(work)
    reading = turn
    return turn
  }

  const getPart = async (digest: string): Promise<Uint8Array | undefined> => {
    const found = await inTurn(openIndex)
    if (digest === found.digest) return found.bytes
    if (!found.digests.has(digest)) return undefined
    if (!parts.has(digest)) await inTurn(() => readTo(digest))
    return parts.get(digest)
  }

  const find = async (path: string): Promise<Uint8Array | undefined> => {
    const root = ROOT_PATH.exec(path)
    if (root !== null) {
      const text = (await inTurn(open)).roots[Number(root[1]) - 1]
      return text === undefined ? undefined : utf8(text)
    }
    if (HEAD_PATH.test(path)) return (await inTurn(open)).head
    const part = PART_PATH.exec(path)
    return part === null ? undefined : getPart(part[1]!)
  }

  return {
    async get(path: string, { maxBytes }: GetOptions) {
      const bytes = await find(path)
      if (bytes !== undefined && bytes.length > maxBytes) {
        throw new EnsignError('too_large', `more than ${maxBytes} bytes`, { at: path })
      }
      return bytes
    },
    finish: () => inTurn(() => readTo(undefined)),
  }
}

function readHeader(line: Uint8Array | undefined): Opened {
  must('F.1', line !== undefined, 'bundle_form', AT, 'no header line')
  // JSON would allow white space around the object, and with it other line ends.
  must('F.2', line[0] === 0x7b && line.at(-1) === 0x7d, 'bundle_form', AT, 'the first line is not one object')
  const header = parseJson(line, MAX_BUNDLE_HEADER, 'bundle.ndjson:1')
  const isHeader = isObject(header) && Object.hasOwn(header, 'head') && Object.hasOwn(header, 'roots')
  must('F.3', isHeader && isObject(header.head) && isTexts(header.roots), 'bundle_form', AT, 'no head, or no roots')
  const head = printAgain(header.head)
  must('F.12', head !== undefined, 'bundle_form', AT, 'a head that is nested too deep')
  return { head: utf8(head), roots: header.roots }
}

/** JSON that nobody signed may be nested so deep that it can be parsed and not printed. */
function printAgain(value: Json): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(one => typeof one === 'string')
}

interface Indexed {
  readonly bytes: Uint8Array
  readonly digest: string
  readonly digests: ReadonlySet<string>
  /** Each distinct part, in the order of the file. */
  readonly order: readonly PartReference[]
}

async function readIndexLine(bytes: Uint8Array | undefined): Promise<Indexed> {
  const parts = bytes === undefined ? undefined : parseIndex(bytes)
  must('F.4', bytes !== undefined && parts !== undefined, 'bundle_form', AT, 'the second line is no index')
  must('F.11', isWithinCap(parts), 'too_large', AT)
  const order = [...new Map(parts.map(part => [part.digest, part])).values()]
  return { bytes, digest: await digestOfFile(bytes), digests: new Set(order.map(part => part.digest)), order }
}

const LF = Uint8Array.of(0x0a)

/** Prints a bundle file; `getPart` gives the bytes of each distinct part in turn. */
export async function* printBundleFile(
  headFile: Uint8Array,
  roots: readonly Uint8Array[],
  index: Uint8Array,
  getPart: (part: PartReference) => Promise<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const parts = parseIndex(index)
  if (parts === undefined) throw new EnsignError('part_index', 'not the one form of an index')
  const head = parseJson(headFile, MAX_BUNDLE_HEADER)
  const header = canonicalBytes({ head, roots: roots.map(root => fromUtf8(root)) as Json[] })
  if (header.length > MAX_BUNDLE_HEADER) throw new EnsignError('too_large', 'the roots and the head are too large')
  yield* [header, LF, index, LF]
  for (const part of new Map(parts.map(one => [one.digest, one])).values()) yield* [await getPart(part), LF]
}
