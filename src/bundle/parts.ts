import { fromUtf8, hex, utf8 } from '../base/bytes.ts'
import type { Json } from '../base/json.ts'
import { printLarge } from '../base/largejson.ts'
import { MAX_BUNDLE, MAX_INDEX, MAX_PART, MAX_PARTS_COUNT } from '../base/limits.ts'
import { must } from '../base/must.ts'
import { partOf } from '../rules/hash.ts'
import type { ReleasePayload } from './types.ts'

/** One part of a release's rules, named by what it holds. */
export interface PartReference {
  readonly digest: string
  readonly size: number
}

/** A part as it is published: one line of JSON. */
export interface PartFile extends PartReference {
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** SHA-256 in lower-case hex, by the platform: it hashes large parts beside the thread or at native speed. */
export async function digestOfFile(bytes: Uint8Array): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)))
}

/** `{"parts":[["<digest>",<size>],…]}`, by position. */
export function printIndex(parts: readonly PartReference[]): Uint8Array<ArrayBuffer> {
  return utf8(`{"parts":[${parts.map(part => `["${part.digest}",${part.size}]`).join(',')}]}`)
}

const AT = 'index'

/** Reads an index that a release names; `before` is one that was read before. */
export async function readIndex(
  bytes: Uint8Array,
  named: ReleasePayload['parts'],
  before?: readonly IndexRow[],
): Promise<readonly IndexRow[]> {
  must('P.1', bytes.length <= MAX_INDEX, 'too_large', AT)
  must('P.2', bytes.length === named.size, 'part_index', AT)
  must('P.3', (await digestOfFile(bytes)) === named.digest, 'part_index', AT)
  const parts = parseIndex(bytes, before)
  must('P.4', parts !== undefined, 'part_index', AT)
  must('P.11', isWithinCap(parts), 'too_large', AT)
  must('P.5', parts.length === named.count, 'part_index', AT)
  must('P.6', isPartCount(parts.length), 'part_index', AT)
  must('P.7', distinctBytes(parts) <= MAX_BUNDLE, 'too_large', AT)
  return parts
}

/** A row of an index that was read, with its text: the same text at the same place needs no second look. */
export interface IndexRow extends PartReference {
  readonly text: string
}

const OPENING = '{"parts":[['
const BETWEEN = '],['
const CLOSING = ']]}'
const ROW_FORM = /^"[0-9a-f]{64}",[1-9][0-9]{0,14}$/

/**
 * The form alone; undefined where it is not right. It is matched and cut and not parsed, row by row: an index of 100,000
 * flags is read on each update, and all its rows but one are those of `before`.
 */
export function parseIndex(bytes: Uint8Array, before: readonly IndexRow[] = []): IndexRow[] | undefined {
  const text = fromUtf8(bytes)
  if (text === undefined || !text.startsWith(OPENING) || !text.endsWith(CLOSING)) return undefined
  const rows: IndexRow[] = []
  let at = OPENING.length
  for (const row of text.slice(OPENING.length, -CLOSING.length).split(BETWEEN)) {
    const held = before[rows.length]
    if (held?.text === row) rows.push(held)
    else if (!ROW_FORM.test(row)) return undefined
    else rows.push(rowOf(fromUtf8(bytes.slice(at, at + row.length))!))
    at += row.length + BETWEEN.length
  }
  return rows
}

/** Of a text of its own: a piece of the index would hold on to all of it, and each update brings another index. */
const rowOf = (text: string): IndexRow => ({ digest: text.slice(1, 65), size: Number(text.slice(67)), text })

/** No part is larger than a reader takes. */
export function isWithinCap(parts: readonly PartReference[]): boolean {
  return parts.every(part => part.size <= MAX_PART)
}

function isPartCount(count: number): boolean {
  return count >= 1 && count <= MAX_PARTS_COUNT && (count & (count - 1)) === 0
}

function distinctBytes(parts: readonly PartReference[]): number {
  const all = parts.reduce((sum, part) => sum + part.size, 0)
  if (all <= MAX_BUNDLE) return all
  return [...new Map(parts.map(part => [part.digest, part.size])).values()].reduce((sum, size) => sum + size, 0)
}

/** Where a part, or the index, lies below its environment. */
export const pathOf = ({ digest }: Pick<PartReference, 'digest'>): string => `parts/${digest}.json`

/** The bytes are those that the index names. */
export async function checkPart(bytes: Uint8Array, named: PartReference): Promise<void> {
  const at = pathOf(named)
  must('P.8', bytes.length === named.size, 'part_size', at)
  must('P.9', (await digestOfFile(bytes)) === named.digest, 'part_digest', at)
}

interface Keyed {
  readonly flags: ReadonlyMap<string, unknown>
  readonly segments: ReadonlyMap<string, unknown>
}

/** Every flag and segment stands where its key belongs. So none is in two parts, and one part alone can be replaced. */
export function checkPlacement(part: Keyed, position: number, count: number): void {
  for (const table of [part.flags, part.segments]) {
    for (const key of table.keys()) {
      must('P.10', partOf(key, count) === position, 'misplaced_flag', key)
    }
  }
}

const SMALL_PART = 8 * 1024
const LARGE_PART = 64 * 1024
const GOOD_PART = 32 * 1024

/**
 * How many parts. A count in use stays while its parts average from 8 to 64 KB, so that a change touches one part;
 * outside of that, and at first, it is the smallest that brings the average to 32 KB or less.
 */
export function partCount(bytes: number, current?: number): number {
  if (current !== undefined && isPartCount(current)) {
    const average = bytes / current
    if (average <= LARGE_PART && (average >= SMALL_PART || current === 1)) return current
  }
  let count = 1
  while (bytes / count > GOOD_PART && count < MAX_PARTS_COUNT) count *= 2
  return count
}

/** The flags and segments of an environment as parts; `current` is the count in force. */
export async function layoutParts(
  flags: Readonly<Record<string, Json>>,
  segments: Readonly<Record<string, Json>>,
  current?: number,
): Promise<{ readonly index: Uint8Array<ArrayBuffer>; readonly parts: readonly PartFile[] }> {
  const tables = [printMembers(flags), printMembers(segments)]
  const count = partCount(
    tables.flat().reduce((sum, member) => sum + member.text.length + 1, 0),
    current,
  )
  const parts = Array.from({ length: count }, (): [string[], string[]] => [[], []])
  for (const [i, members] of tables.entries()) {
    for (const { key, text } of members) parts[partOf(key, count)]![i]!.push(text)
  }
  const files = await Promise.all(
    parts.map(async ([flags, segments]): Promise<PartFile> => {
      const bytes = utf8(`{"flags":{${flags!.join(',')}},"segments":{${segments!.join(',')}}}`)
      return { bytes, digest: await digestOfFile(bytes), size: bytes.length }
    }),
  )
  return { index: printIndex(files), parts: files }
}

/** In the order of RFC 8785. Printed by hand, because `__proto__` is a key like any other here. */
function printMembers(table: Readonly<Record<string, Json>>): { readonly key: string; readonly text: string }[] {
  const keys = Object.keys(table).sort()
  return keys.map(key => ({ key, text: `${JSON.stringify(key)}:${printLarge(table[key]!)}` }))
}
