import { utf8 } from '../base/bytes.ts'
import { EnsignError } from '../base/errors.ts'
import { MAX_INDEX, MAX_PART } from '../base/limits.ts'
import { type LoadedPart, loadPart } from '../rules/load.ts'
import type { Pause } from '../trust/keyring.ts'
import { checkPart, checkPlacement, type IndexRow, type PartReference, readIndex } from './parts.ts'
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
        known.set(part.digest, await openPart(part, read))
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
    const part = known.get(index[i]!.digest)!
    checkPlacement(part, i, index.length)
    parts[i] = part
    if (part.flags.size > 0) await pause()
  }
  return { index, parts: Object.freeze(parts) }
}

/** Takes from `wanted` what `previous` holds, at whatever place. */
function takeHeld(wanted: Map<string, PartReference>, previous: VerifiedState | undefined): Map<string, LoadedPart> {
  const known = new Map<string, LoadedPart>()
  for (const [i, { digest }] of previous?.index.entries() ?? []) {
    if (wanted.delete(digest)) known.set(digest, previous!.parts[i]!)
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
  const bytes = text === undefined ? await read(`parts/${named.digest}.json`, MAX_INDEX) : utf8(text)
  if (bytes === undefined) throw missing(named.digest)
  return Object.freeze(await readIndex(bytes, named, previous?.index))
}

async function openPart(part: PartReference, read: ReadBytes): Promise<LoadedPart> {
  const bytes = await read(`parts/${part.digest}.json`, MAX_PART)
  if (bytes === undefined) throw missing(part.digest)
  await checkPart(bytes, part)
  return loadPart(bytes, `parts/${part.digest}.json`)
}

function missing(digest: string): EnsignError {
  return new EnsignError('part_missing', undefined, { at: `parts/${digest}.json` })
}
