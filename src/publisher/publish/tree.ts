import { equalBytes } from '../../base/bytes.ts'
import type { Tree } from '../../log/tiles.ts'

export function sameTree(a: Tree, b: Tree): boolean {
  return a.size === b.size && equalBytes(a.root, b.root)
}
