/** The layout of C2SP tlog-tiles, below the folder of one log. */

export const TILE_WIDTH = 256
/** 256^6 leaves have a tile of level 6; a safe integer has no level above it. */
export const TOP_LEVEL = 6

/** `tile/0/x001/x234/067`, and with fewer than 256 hashes `tile/0/x001/x234/067.p/8`. */
export function tilePath(level: number, index: number, width: number): string {
  return `tile/${level}/${indexPath(index)}${partial(width)}`
}

/** `tile/entries/x001/x234/067`: the entries whose hashes are the level 0 tile of the same index. */
export function entriesPath(index: number, width: number): string {
  return `tile/entries/${indexPath(index)}${partial(width)}`
}

/** How many hashes the tile holds in a log of `size` leaves: none, a part, or 256. */
export function tileWidth(level: number, index: number, size: number): number {
  const hashes = Math.floor(size / TILE_WIDTH ** level) - index * TILE_WIDTH
  return Math.max(0, Math.min(TILE_WIDTH, hashes))
}

/** Groups of three digits, all but the last marked by an x: 1234067 is `x001/x234/067`. */
function indexPath(index: number): string {
  let path = digits(index % 1000)
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    path = `x${digits(rest % 1000)}/${path}`
  }
  return path
}

function digits(number: number): string {
  return String(number).padStart(3, '0')
}

function partial(width: number): string {
  return width === TILE_WIDTH ? '' : `.p/${width}`
}
