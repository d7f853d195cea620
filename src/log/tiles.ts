import { equalBytes } from '../base/bytes.ts'
import { EnsignError } from '../base/errors.ts'
import { HASH_LENGTH, type Hash, type ReadHashes, rootFrom, rootOf, type Subtree } from './merkle.ts'
import { TILE_WIDTH, TOP_LEVEL, tilePath, tileWidth } from './paths.ts'

/** Gets a file below the log's folder; undefined where there is none. Not one byte of it is trusted. */
export type ReadFile = (path: string, maxBytes: number) => Promise<Uint8Array | undefined>

/** What a signed head or checkpoint says about a log. */
export interface Tree {
  readonly size: number
  readonly root: Hash
}

/** Reads one tile of the tree: exactly the hashes that it has at the tree's size, all of them checked. */
export type ReadTile = (level: number, index: number) => Promise<readonly Hash[]>

/**
 * The tiles of a tree whose root is known. A full tile must hash to its entry in the tile above it; the partial tiles,
 * one for each level at most, are the right edge and must together hash to the root. So a hash that is returned
 * is under the root, whoever served the file.
 */
export function openTiles(tree: Tree, readFile: ReadFile): ReadTile {
  const tiles = new Map<string, Promise<readonly Hash[]>>()
  let edge: Promise<readonly (readonly Hash[])[]> | undefined

  const readTile: ReadTile = (level, index) => {
    const width = tileWidth(level, index, tree.size)
    if (level > TOP_LEVEL || width === 0) throw new RangeError(`no tile ${level}/${index} in ${tree.size} leaves`)
    if (width < TILE_WIDTH) {
      edge ??= readEdge(tree, readFile)
      return edge.then(found => found[level]!)
    }
    const path = tilePath(level, index, width)
    const known = tiles.get(path) ?? readFull(level, index, path)
    tiles.set(path, known)
    return known
  }

  const readFull = async (level: number, index: number, path: string): Promise<readonly Hash[]> => {
    const above = readTile(level + 1, Math.floor(index / TILE_WIDTH))
    const [hashes, parents] = await Promise.all([readHashes(readFile, level, index, TILE_WIDTH), above])
    if (!equalBytes(rootOf(hashes), parents[index % TILE_WIDTH]!)) throw wrong(path)
    return hashes
  }

  return readTile
}

/** Hashes of complete subtrees, for proofs. A subtree of 2^(8L+r) leaves spans 2^r hashes of one tile of level L. */
export function hashesFrom(readTile: ReadTile): ReadHashes {
  // Several proofs of one tree mostly ask for the same ones.
  const known = new Map<string, Promise<Hash>>()
  const compute = async ({ level, index }: Subtree): Promise<Hash> => {
    const span = 2 ** (level % 8)
    const first = index * span
    const tile = await readTile(Math.floor(level / 8), Math.floor(first / TILE_WIDTH))
    const start = first % TILE_WIDTH
    if (start + span > tile.length) throw new RangeError(`no subtree ${level}/${index}`)
    return rootOf(tile.slice(start, start + span))
  }
  const hashOf = (subtree: Subtree): Promise<Hash> => {
    const name = `${subtree.level}/${subtree.index}`
    const hash = known.get(name) ?? compute(subtree)
    known.set(name, hash)
    return hash
  }
  return subtrees => Promise.all(subtrees.map(hashOf))
}

/** The partial tiles by level, empty where the level has none, checked against the root together. */
export async function readEdge(tree: Tree, readFile: ReadFile): Promise<readonly (readonly Hash[])[]> {
  const edge = await Promise.all(
    Array.from({ length: TOP_LEVEL + 1 }, (_, level) => {
      const hashes = Math.floor(tree.size / TILE_WIDTH ** level)
      const width = hashes % TILE_WIDTH
      return width === 0 ? [] : readHashes(readFile, level, (hashes - width) / TILE_WIDTH, width)
    }),
  )
  if (!equalBytes(edgeRoot(edge), tree.root)) throw wrong('tile')
  return edge
}

/** The root of the tree whose partial tiles these are: a width of 5 is a subtree of 4 hashes and one of 1. */
export function edgeRoot(edge: readonly (readonly Hash[])[]): Hash {
  const subtrees: Hash[] = []
  for (const hashes of [...edge].reverse()) {
    let start = 0
    for (let span = TILE_WIDTH / 2; span >= 1; span /= 2) {
      if (hashes.length % (span * 2) < span) continue
      subtrees.push(rootOf(hashes.slice(start, start + span)))
      start += span
    }
  }
  return rootFrom(subtrees)
}

async function readHashes(readFile: ReadFile, level: number, index: number, width: number): Promise<Hash[]> {
  const path = tilePath(level, index, width)
  let bytes = await readFile(path, width * HASH_LENGTH)
  let length = width * HASH_LENGTH
  if (bytes === undefined && width < TILE_WIDTH) {
    // Once a tile is full, its partial forms may be gone; its first hashes are theirs.
    length = TILE_WIDTH * HASH_LENGTH
    bytes = await readFile(tilePath(level, index, TILE_WIDTH), length)
  }
  if (bytes === undefined) throw new EnsignError('tile_missing', undefined, { at: path })
  if (bytes.length !== length) throw wrong(path)
  const hashes: Hash[] = []
  for (let i = 0; i < width; i++) hashes.push(bytes.slice(i * HASH_LENGTH, (i + 1) * HASH_LENGTH))
  return hashes
}

function wrong(path: string): EnsignError {
  return new EnsignError('tile_hash', undefined, { at: path })
}
