import type { Shown } from './watcher.ts'

/** What a broken client would show in place of the truth. The harness has to notice each of them. */
export type Plant = (shown: Shown | undefined) => Shown | undefined

/** Looks before the fault shows, so that it meets a client that was right for a while. */
const RIGHT_FOR = 3

const after = (broken: (shown: Shown, first: Shown) => Shown | undefined): (() => Plant) => {
  return () => {
    let first: Shown | undefined
    let looks = 0
    return shown => {
      if (shown === undefined) return undefined
      first ??= shown
      // Only what differs from the first can be told from it.
      if (shown.size === first.size || ++looks <= RIGHT_FOR) return shown
      return broken(shown, first)
    }
  }
}

export const PLANTS: Readonly<Record<string, () => Plant>> = {
  'a value that was never published': after(shown => ({ ...shown, counter: shown.counter + 1_000_000 })),
  'a stop that is not heeded': after(shown => ({ ...shown, stopped: [...shown.stopped, 'switch-that-is-on'] })),
  'new provenance over old rules': after((shown, first) => ({ ...first, size: shown.size, sequence: shown.sequence })),
  'an older state again': after((_, first) => first),
  'an older head over the same log': after(shown => ({ ...shown, sequence: shown.sequence - 1_000 })),
  'nothing any more': after(() => undefined),
  'no progress': () => {
    let first: Shown | undefined
    return shown => {
      first ??= shown
      return first
    }
  },
}
