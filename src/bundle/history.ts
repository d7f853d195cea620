import { equalBytes, fromHex } from '../base/bytes.ts'
import { EnsignError } from '../base/errors.ts'
import { canonicalBytes, type Json } from '../base/json.ts'
import { must } from '../base/must.ts'
import { leafHash, rootFrom, subtreesOf, verifyConsistency, verifyInclusion } from '../log/merkle.ts'
import { hashesFrom, openTiles } from '../log/tiles.ts'
import type { Anchor } from './memory.ts'
import type { Source } from './source.ts'
import type { HeadPayload, HeadProofs } from './types.ts'

const bytesOf = (text: string) => fromHex(text)!
const AT = 'head/log'

/** The state is the last entry of the log: rebuilt from the head, so that nothing else can be. */
export function checkLogged({ state, log }: HeadPayload, proofs: HeadProofs): void {
  const leaf = leafHash(canonicalBytes(state as unknown as Json))
  const logged = verifyInclusion(leaf, log.size - 1, log.size, proofs.state.map(bytesOf), bytesOf(log.root))
  must('7.1', logged, 'not_logged', AT)
}

/** The log extends that of each anchor: by the proof beside the head, or by the tiles where there is none. */
export async function checkHistory(
  head: HeadPayload,
  proofs: HeadProofs,
  anchors: readonly Anchor[],
  source: Source,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { size, root } = head.log
  for (const { log } of anchors) {
    must('7.2', size >= log.size, 'log_shrunk', AT, `${size} entries after ${log.size}`)
    if (size === log.size) {
      must('7.3', root === log.root, 'split_view', AT)
      continue
    }
    const given = proofs.consistency.find(one => one.from === log.size)
    const before = bytesOf(log.root)
    const extended =
      given === undefined
        ? equalBytes(await rootFromTiles(head, log.size, source, signal), before)
        : verifyConsistency(log.size, size, given.hashes.map(bytesOf), before, bytesOf(root))
    must('7.4', extended, 'log_rewritten', AT)
  }
}

/** The root of the first `from` entries. Tiles are held against the log's root, so a hash of them needs no other proof. */
async function rootFromTiles(
  head: HeadPayload,
  from: number,
  source: Source,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const { size, root } = head.log
  const folder = `${head.environment}/log/${head.epoch}`
  const read = (path: string, maxBytes: number) => source.get(`${folder}/${path}`, { maxBytes, signal })
  try {
    return rootFrom(await hashesFrom(openTiles({ size, root: bytesOf(root) }, read))(subtreesOf(from)))
  } catch (cause) {
    if (!(cause instanceof EnsignError) || cause.code !== 'tile_missing') throw cause
    throw new EnsignError('log_gap', `no proof from ${from} entries to ${size} [7.5]`, { at: AT, cause })
  }
}
