import { utf8 } from '../base/bytes.ts'
import { EnsignError } from '../base/errors.ts'
import { MAX_INDEX, MAX_PART } from '../base/limits.ts'
import { must } from '../base/must.ts'
import { type LoadedPart, loadPart } from '../rules/load.ts'
import type { Pause } from '../trust/keyring.ts'
import { checkPart, checkPlacement, type IndexRow, type PartReference, pathOf, readIndex } from './parts.ts'
import type { VerifiedState } from './state.ts'
import type { ReleasePayload } from './types.ts'

/** Reads a file of the environment; the bytes are a copy that nobody else holds. */
export type ReadBytes = (path: string, maxBytes: number) => Promise<Uint8Array | undefined>

export interface OpenedRules {
  readonly index: readonly IndexRow[]
  readonly parts: readonly LoadedPart[]
}

const READERS_COUNT = 8

/** The rules that a release names. Parts that `previous` holds are the same objects, neither read nor hashed again. */
export async function openRules(
  release: ReleasePayload,
  indexText: string | undefined,
  previous: VerifiedState | undefined,
  read: ReadBytes,
  pause: Pause,
): Promise<OpenedRules> {
  const index = await openIndex(release, indexText, previous, read)
  const before = previous?.index.length === index.length ? previous : undefined
  const changed = [...index.keys()].filter(i => index[i] !== before?.index[i])
  const wanted = new Map(changed.map(i => [index[i]!.digest, index[i]!]))
  const known = takeHeld(wanted, previous)
  // Taken from the end, so that the order in which a bundle file holds them is kept by reversing once.
  const queue = [...wanted.values()].reverse()
  const readNext = async (): Promise<void> => {
    for (let part = queue.pop(); part !== undefined; part = queue.pop()) {
      try {
        known.set(part.digest, [await openPart(part, read), part])
      } catch (error) {
        queue.length = 0
        throw error
      }
      await pause()
    }
  }
  await Promise.all(Array.from({ length: READERS_COUNT }, readNext))
  const parts: LoadedPart[] = before === undefined ? [] : [...before.parts]
  for (const i of changed) {
    const row = index[i]!
    const [part, { size }] = known.get(row.digest)!
    // Where one digest has two sizes, or another one than before, whoever holds the part is told as all others are.
    must('P.8', row.size === size, 'part_size', pathOf(row))
    checkPlacement(part, i, index.length)
    parts[i] = part
    if (part.flags.size > 0) await pause()
  }
  return { index, parts: Object.freeze(parts) }
}

/** A part, and what it was checked against. */
type Known = readonly [part: LoadedPart, named: PartReference]

/** Takes from `wanted` what `previous` holds, at whatever place. */
function takeHeld(wanted: Map<string, PartReference>, previous: VerifiedState | undefined): Map<string, Known> {
  const known = new Map<string, Known>()
  for (const [i, row] of previous?.index.entries() ?? []) {
    if (wanted.delete(row.digest)) known.set(row.digest, [previous!.parts[i]!, row])
  }
  return known
}

async function openIndex(
  { parts: named }: ReleasePayload,
  text: string | undefined,
  previous: VerifiedState | undefined,
  read: ReadBytes,
): Promise<readonly IndexRow[]> {
  const before = previous?.release.parts
  if (before?.digest === named.digest && before.size === named.size && before.count === named.count) {
    return previous!.index
  }
  const path = pathOf(named)
  const bytes = text === undefined ? await read(path, MAX_INDEX) : utf8(text)
  if (bytes === undefined) throw missing(path)
  return Object.freeze(await readIndex(bytes, named, previous?.index))
}

async function openPart(part: PartReference, read: ReadBytes): Promise<LoadedPart> {
  const path = pathOf(part)
  const bytes = await read(path, MAX_PART)
  if (bytes === undefined) throw missing(path)
  await checkPart(bytes, part)
  return loadPart(bytes, path)
}

function missing(at: string): EnsignError {
  return new EnsignError('part_missing', undefined, { at })
}
