import { equalBytes } from '../base/bytes.ts'
import { EnsignError } from '../base/errors.ts'
import { leafHash } from './merkle.ts'
import { entriesPath, TILE_WIDTH, tileWidth } from './paths.ts'
import type { ReadFile, ReadTile } from './tiles.ts'

/** A length is two bytes. */
const MAX_ENTRY = 0xffff
const MAX_ENTRIES = TILE_WIDTH * (2 + MAX_ENTRY)

/** Each entry after its length, two bytes big-endian. */
export function printEntries(entries: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(entries.reduce((sum, entry) => sum + 2 + entry.length, 0))
  let at = 0
  for (const entry of entries) {
    if (entry.length > MAX_ENTRY) throw new RangeError(`an entry of ${entry.length} bytes`)
    bytes[at] = entry.length >>> 8
    bytes[at + 1] = entry.length & 0xff
    bytes.set(entry, at + 2)
    at += 2 + entry.length
  }
  return bytes
}

/** Undefined unless the bytes are exactly `count` entries. */
export function parseEntries(bytes: Uint8Array, count: number): Uint8Array[] | undefined {
  const entries: Uint8Array[] = []
  let at = 0
  while (entries.length < count) {
    if (at + 2 > bytes.length) return undefined
    const end = at + 2 + bytes[at]! * 256 + bytes[at + 1]!
    if (end > bytes.length) return undefined
    entries.push(bytes.slice(at + 2, end))
    at = end
  }
  return at === bytes.length ? entries : undefined
}

/** The entries beside the level 0 tile of this index, each under the root of the tree that `readTile` reads. */
export async function readEntries(
  size: number,
  index: number,
  readFile: ReadFile,
  readTile: ReadTile,
): Promise<readonly Uint8Array[]> {
  const width = tileWidth(0, index, size)
  const path = entriesPath(index, width)
  let bytes = await readFile(path, MAX_ENTRIES)
  let count = width
  if (bytes === undefined && width < TILE_WIDTH) {
    bytes = await readFile(entriesPath(index, TILE_WIDTH), MAX_ENTRIES)
    count = TILE_WIDTH
  }
  if (bytes === undefined) throw new EnsignError('tile_missing', 'entries of the log are not there', { at: path })
  const entries = parseEntries(bytes, count)?.slice(0, width)
  const leaves = await readTile(0, index)
  if (entries === undefined || !entries.every((entry, i) => equalBytes(leafHash(entry), leaves[i]!))) {
    throw new EnsignError('tile_hash', 'entries are not what the root of the log commits to', { at: path })
  }
  return entries
}
