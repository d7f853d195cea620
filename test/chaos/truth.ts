import { fromHex, fromUtf8 } from '../../src/base/bytes.ts'
import type { StateEntry } from '../../src/bundle/types.ts'
import { readEntries } from '../../src/log/entries.ts'
import { TILE_WIDTH } from '../../src/log/paths.ts'
import { openTiles, type ReadFile } from '../../src/log/tiles.ts'
import { readStandpoint, type View } from '../../src/publisher/change/ground.ts'
import { storeSource } from '../../src/publisher/publish/sources.ts'
import type { Store } from '../../src/publisher/stores/store.ts'

/** What was published, by the size of the log: `release 3, counter 3, stops switch-1,switch-4`. */
export interface Truth {
  readonly states: ReadonlyMap<number, string>
  readonly last: { readonly size: number; readonly sequence: number }
}

export function wordsOf(release: number, counter: number, stopped: readonly string[]): string {
  return `release ${release}, counter ${counter}, stops ${[...stopped].sort().join(',')}`
}

/** Reads the audit log of the store, entry by entry under the root of the last head, and the statements that it names. */
export async function readTruth(store: Store, view: View): Promise<Truth> {
  const source = storeSource(store, 'shop')
  const { state } = await readStandpoint(view)
  const { log, epoch, sequence } = state!.head
  const tree = { size: log.size, root: fromHex(log.root)! }
  const read: ReadFile = (path, maxBytes) => source.get(`production/log/${epoch}/${path}`, { maxBytes })
  const readTile = openTiles(tree, read)
  const payload = async (path: string) => {
    const bytes = await source.get(path, { maxBytes: 1 << 20 })
    const envelope = JSON.parse(fromUtf8(bytes!)!) as { payload: string }
    return JSON.parse(Buffer.from(envelope.payload, 'base64url').toString())
  }

  const stops = new Map<number, readonly string[]>()
  const releases = new Map<number, { readonly counter: number; readonly clears: number }>()
  const learn = async (entry: StateEntry): Promise<void> => {
    const { release, stop } = entry
    if (stop !== null && !stops.has(stop.version)) {
      stops.set(stop.version, (await payload(`production/stops/${stop.version}-${stop.digest}.json`)).flags)
    }
    if (releases.has(release.version)) return
    const { parts, clears } = await payload(`production/releases/${release.version}-${release.digest}.json`)
    const index = JSON.parse(
      fromUtf8((await source.get(`production/parts/${parts.digest}.json`, { maxBytes: 1 << 20 }))!)!,
    )
    for (const [digest] of index.parts as [string][]) {
      const part = JSON.parse(fromUtf8((await source.get(`production/parts/${digest}.json`, { maxBytes: 1 << 20 }))!)!)
      const variants = part.flags.counter?.variants as [string, number][] | undefined
      if (variants) releases.set(release.version, { counter: variants[0]![1], clears: clears?.version ?? 0 })
    }
  }

  const states = new Map<number, string>()
  for (let index = 0; index * TILE_WIDTH < log.size; index++) {
    const entries = await readEntries(log.size, index, read, readTile)
    for (const [n, bytes] of entries.entries()) {
      const entry = JSON.parse(fromUtf8(bytes)!) as StateEntry
      if (entry.type !== 'state') continue
      await learn(entry)
      const { counter, clears } = releases.get(entry.release.version)!
      const inForce: string[] = []
      for (let version = clears + 1; version <= (entry.stop?.version ?? 0); version++)
        inForce.push(...stops.get(version)!)
      states.set(index * TILE_WIDTH + n + 1, wordsOf(entry.release.version, counter, inForce))
    }
  }
  return { states, last: { size: log.size, sequence } }
}
