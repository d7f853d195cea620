import { utf8 } from '../base/bytes.ts'
import { EnsignError } from '../base/errors.ts'
import { MAX_INDEX, MAX_PART } from '../base/limits.ts'
import { type LoadedPart, loadPart } from '../rules/load.ts'
import type { Pause } from '../trust/keyring.ts'
import { checkPart, checkPlacement, type PartReference, readIndex } from './parts.ts'
import type { VerifiedState } from './state.ts'
import type { ReleasePayload } from './types.ts'

/** Reads a file of the environment; the bytes are a copy that nobody else holds. */
export type ReadBytes = (path: string, maxBytes: number) => Promise<Uint8Array | undefined>

export interface OpenedRules {
  readonly index: readonly PartReference[]
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
  const before = previous?.index.length === index.length ? previous.index : []
  const changed = index.filter((part, i) => before[i]?.digest !== part.digest)
  const wanted = new Map(changed.map(part => [part.digest, part]))
  const known = new Map<string, LoadedPart>()
  // Most updates change one part of thousands: nothing is made for the others.
  for (const [i, { digest }] of (previous?.index ?? []).entries()) {
    if (wanted.delete(digest)) known.set(digest, previous!.parts[i]!)
  }
  // Taken from the end, so that the order in which a bundle file holds them is kept by reversing once.
  const queue = [...wanted.values()].reverse()
  const readNext = async (): Promise<void> => {
    for (let part = queue.pop(); part !== undefined; part = queue.pop()) {
      try {
        known.set(part.digest, await openPart(part, read))
      } catch (error) {
        queue.length = 0
        throw error
      }
      await pause()
    }
  }
  await Promise.all(Array.from({ length: READERS_COUNT }, readNext))
  const parts: LoadedPart[] = []
  for (const [i, { digest }] of index.entries()) {
    if (before[i]?.digest === digest) {
      parts.push(previous!.parts[i]!)
      continue
    }
    const part = known.get(digest)!
    checkPlacement(part, i, index.length)
    parts.push(part)
    if (part.flags.size > 0) await pause()
  }
  return { index, parts: Object.freeze(parts) }
}

async function openIndex(
  { parts: named }: ReleasePayload,
  text: string | undefined,
  previous: VerifiedState | undefined,
  read: ReadBytes,
): Promise<readonly PartReference[]> {
  const before = previous?.release.parts
  if (before?.digest === named.digest && before.size === named.size && before.count === named.count) {
    return previous!.index
  }
  const bytes = text === undefined ? await read(`parts/${named.digest}.json`, MAX_INDEX) : utf8(text)
  if (bytes === undefined) throw missing(named.digest)
  return Object.freeze(await readIndex(bytes, named))
}

async function openPart(part: PartReference, read: ReadBytes): Promise<LoadedPart> {
  const bytes = await read(`parts/${part.digest}.json`, MAX_PART)
  if (bytes === undefined) throw missing(part.digest)
  await checkPart(bytes, part)
  return loadPart(bytes, `parts/${part.digest}.json`)
}

function missing(digest: string): EnsignError {
  return new EnsignError('part_missing', 'a file that the release names is not there', { at: `parts/${digest}.json` })
}
