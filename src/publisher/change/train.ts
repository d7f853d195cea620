import { EnsignError } from '../../base/errors.ts'
import type { Story } from '../manifest/build.ts'
import type { OwnChange } from './own.ts'
import { type Edit, keysOf, type Patch } from './patch.ts'

/** Several changes as one: their edits one after the other, each flag with the reason of the change that brought it. */
export function joinChanges(changes: readonly OwnChange[]): {
  readonly patch: Patch
  readonly story: (flag: string) => Story
} {
  const flags = new Map<string, Edit>()
  const segments = new Map<string, Edit>()
  const stories = new Map<string, Story>()
  for (const { change, patch, manifest } of changes) {
    for (const [table, edits] of [
      [flags, patch.flags],
      [segments, patch.segments],
    ] as const) {
      for (const [key, edit] of Object.entries(edits)) {
        if (table.has(key))
          throw new EnsignError('change_conflict', `two changes of the train edit ${key}`, { at: key })
        table.set(key, edit)
      }
    }
    for (const key of keysOf(patch)) {
      const event = manifest.events.find(one => one.flag_key === key)
      if (event === undefined) continue
      stories.set(key, { reason: `${event.reason} (${change.id})`, artifacts: event.linked_artifacts })
    }
  }
  return {
    patch: { flags: Object.fromEntries(flags), segments: Object.fromEntries(segments) },
    story: flag => {
      const found = stories.get(flag)
      if (found === undefined) throw new EnsignError('reason_missing', 'no change of the train tells why', { at: flag })
      return found
    },
  }
}
