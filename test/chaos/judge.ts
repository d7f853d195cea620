import type { Truth } from './truth.ts'
import type { Watcher } from './watcher.ts'

/** Every answer of every client held against the log, and where each stands in the end. */
export function judge(watchers: readonly Watcher[], { states, last }: Truth): string[] {
  return watchers.flatMap(({ name, faults, seen, position }) => {
    const wrong = [...seen].flatMap(([size, words]) => {
      const published = states.get(size)
      return published === words ? [] : [`${name}: answered ${words} at ${size}, where ${published} was published`]
    })
    const at = position().size
    const behind = at === last.size ? [] : [`${name}: stands at ${at} of ${last.size}`]
    return [...faults, ...wrong, ...behind]
  })
}
