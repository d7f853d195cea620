import { fromUtf8, utf8 } from '../../src/base/bytes.ts'
import { digestOfFile, type PartFile, type PartReference, printIndex } from '../../src/bundle/parts.ts'
import { partOf } from '../../src/rules/hash.ts'
import { FLAG, type ReleaseChange, type World } from '../support/world.ts'
import { type Attack, cold } from './attack.ts'

const none = '0'.repeat(64)

/** The release names these parts; what it says of them was approved. */
function laid(id: string, expected: string, change: ReleaseChange): Attack {
  return cold(id, expected, async world => {
    await world.release('production', change)
    return undefined
  })
}

/** The store holds something else than the release names. */
function stored(id: string, expected: string, change: (world: World, part: string, index: string) => void): Attack {
  return cold(id, expected, async world => {
    const { payload } = await world.release()
    const index = `production/parts/${payload.parts.digest}.json`
    const { parts } = JSON.parse(fromUtf8(world.store.get(index)!)!) as { parts: [string, number][] }
    change(world, `production/parts/${parts[0]![0]}.json`, index)
    return undefined
  })
}

async function partFile(text: string): Promise<PartFile> {
  const bytes = utf8(text)
  return { bytes, size: bytes.length, digest: await digestOfFile(bytes) }
}

type Indexed = (parts: readonly PartFile[]) => readonly PartReference[] | Uint8Array<ArrayBuffer>

/** Twelve flags over four parts, with an index that `change` makes. */
const four = (change: Indexed): ReleaseChange => ({
  parts: async () => {
    const keys = Array.from({ length: 12 }, (_, i) => `flag-${i}`)
    const texts = [0, 1, 2, 3].map(position => {
      const own = keys.filter(key => partOf(key, 4) === position)
      return JSON.stringify({ flags: Object.fromEntries(own.map(key => [key, FLAG])), segments: {} })
    })
    const parts = await Promise.all(texts.map(partFile))
    const made = change(parts)
    return { index: made instanceof Uint8Array ? made : printIndex(made), parts }
  },
})

/** The release says that there are so many. */
const counted = (count: number, change: ReleaseChange): ReleaseChange => ({
  ...change,
  payload: one => ({ ...one, parts: { ...one.parts, count } }),
})

/** One part of this text, so many times in the index, where it may be said to be larger. */
const part = (text: string, count = 1, larger = (_: number) => 0): ReleaseChange => ({
  parts: async () => {
    const one = await partFile(text)
    const parts = Array.from({ length: count }, () => one)
    return { index: printIndex(parts.map((each, i) => ({ ...each, size: each.size + larger(i) }))), parts }
  },
})

/** A client that runs with the four parts, and is given an index that names them in another way. */
const held = (id: string, expected: string, change: Indexed): Attack => ({
  id,
  expected,
  stage: async make => {
    const world = await make()
    await world.release(
      'production',
      four(parts => parts),
    )
    const previous = await world.open()
    world.wait()
    await world.release('production', four(change))
    return () => world.open({ previous })
  },
})

const withoutIndex = (world: World) => world.edit(({ index: _, ...file }) => file)

export const partAttacks: readonly Attack[] = [
  laid(
    'ok-four-parts',
    'ok',
    four(parts => parts),
  ),
  laid('ok-empty', 'ok', { flags: {} }),
  laid('ok-empty-parts', 'ok', part('{"flags":{},"segments":{}}', 4)),
  laid('ok-part-white-space', 'ok', part('{ "flags": {}, "segments": {} }')),
  stored('ok-index-from-store', 'ok', withoutIndex),
  stored('part-missing', 'part_missing', (world, path) => world.store.delete(path)),
  stored('index-missing', 'part_missing', (world, _, path) => {
    world.store.delete(path)
    withoutIndex(world)
  }),
  stored('mix-part', 'part_digest', (world, path) =>
    world.put(path, utf8(fromUtf8(world.store.get(path)!)!.replace('"serve":0', '"serve":1'))),
  ),
  stored('part-trunc', 'part_size', (world, path) => world.put(path, world.store.get(path)!.slice(0, -1))),
  stored('part-long', 'part_size', (world, path) => world.put(path, new Uint8Array([...world.store.get(path)!, 10]))),
  stored('part-empty', 'part_size', (world, path) => world.put(path, new Uint8Array())),
  stored('part-endless', 'too_large', (world, path) => world.put(path, new Uint8Array(5_000_000))),
  stored('index-other', 'part_index', world =>
    world.edit(file => ({ ...file, index: `{"parts":[["${'1'.repeat(64)}",1]]}` })),
  ),
  stored('index-text', 'part_index', world => world.edit(file => ({ ...file, index: 'x' }))),
  stored('index-same-size', 'part_index', world =>
    world.edit(file => ({ ...file, index: file.index!.replace(/[0-9a-f]{64}/, none) })),
  ),
  stored('index-stored-other', 'part_index', (world, _, path) => {
    world.put(path, utf8(`{"parts":[["${none}",1]]}`))
    withoutIndex(world)
  }),
  stored('index-endless', 'too_large', (world, _, path) => {
    world.put(path, new Uint8Array(2_000_000))
    withoutIndex(world)
  }),
  laid(
    'part-bomb',
    'too_large',
    counted(
      1,
      four(() => [{ digest: none, size: 6_000_000 }]),
    ),
  ),
  laid(
    'parts-bomb',
    'too_large',
    counted(
      128,
      four(() =>
        Array.from({ length: 128 }, (_, i) => ({ digest: i.toString(16).padStart(64, '0'), size: 4_000_000 })),
      ),
    ),
  ),
  laid(
    'index-count',
    'part_index',
    counted(
      8,
      four(parts => parts),
    ),
  ),
  laid(
    'index-three',
    'part_index',
    counted(
      3,
      four(parts => parts.slice(0, 3)),
    ),
  ),
  laid(
    'index-none',
    'part_index',
    four(() => []),
  ),
  laid('index-size', 'part_index', {
    payload: one => ({ ...one, parts: { ...one.parts, size: one.parts.size + 1 } }),
  }),
  laid(
    'index-space',
    'part_index',
    four(parts => utf8(` ${fromUtf8(printIndex(parts))}`)),
  ),
  laid(
    'index-extra',
    'part_index',
    four(() => utf8(`{"parts":[["${none}",1]],"x":1}`)),
  ),
  laid(
    'index-size-float',
    'part_index',
    four(() => utf8(`{"parts":[["${none}",1.5]]}`)),
  ),
  laid(
    'index-size-lie',
    'part_size',
    four(parts => parts.map(one => ({ ...one, size: one.size + 1 }))),
  ),
  held('index-size-lie-held', 'part_size', parts => parts.map((one, i) => ({ ...one, size: one.size + (i % 2) }))),
  laid(
    'index-two-sizes',
    'part_size',
    part('{"flags":{},"segments":{}}', 4, i => (i === 0 ? 1 : 0)),
  ),
  held('misplaced-flag-held', 'misplaced_flag', parts => parts.toReversed()),
  laid(
    'misplaced-flag',
    'misplaced_flag',
    four(parts => parts.toReversed()),
  ),
  laid(
    'flag-in-two-parts',
    'misplaced_flag',
    four(parts => [parts[0]!, parts[0]!, parts[2]!, parts[3]!]),
  ),
  laid(
    'misplaced-by-doubling',
    'misplaced_flag',
    counted(
      8,
      four(parts => [...parts, ...parts]),
    ),
  ),
  laid('misplaced-segment', 'misplaced_flag', part('{"flags":{},"segments":{"staff":{}}}', 2)),
  laid('part-not-json', 'json', part('nonsense')),
  laid('part-list', 'json_shape', part('[]')),
]
