import type { Files } from '../files.ts'

/** Several relays of one project as one store. Each answers for its own environment; the roots are the same in all. */
export function combine(all: readonly Files[]): Files {
  return {
    async get(path, options) {
      for (const one of all) {
        const found = await one.get(path, options)
        if (found !== undefined) return found
      }
      return undefined
    },
    watch(path, onChange) {
      const offs = all.map(one => one.watch?.(path, onChange))
      return () => {
        for (const off of offs) off?.()
      }
    },
  }
}
