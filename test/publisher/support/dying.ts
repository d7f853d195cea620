import type { Store } from '../../../src/publisher/stores/store.ts'

export class Died extends Error {}

/** A store whose process dies right after its n-th write; from then on nothing answers. It counts all writes. */
export function dyingStore(store: Store, at: number): Store & { writes(): number; paths(): string[] } {
  let writes = 0
  const paths: string[] = []
  const alive = () => {
    if (at > 0 && writes >= at) throw new Died('killed')
  }
  return {
    writes: () => writes,
    paths: () => paths,
    async get(path, options) {
      alive()
      return store.get(path, options)
    },
    async put(path, bytes, condition) {
      alive()
      const tag = await store.put(path, bytes, condition)
      writes++
      paths.push(path)
      alive()
      return tag
    },
  }
}
