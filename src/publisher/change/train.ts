import { EnsignError } from '../../base/errors.ts'
import type { Reference } from '../../trust/types.ts'
import type { ManifestAuthor, Story } from '../manifest/build.ts'
import type { OwnChange } from './own.ts'
import type { Edit, Patch } from './patch.ts'

export interface JoinedChange {
  readonly patch: Patch
  /** The furthest of what its changes have dealt with, where one of them lifts a stop. */
  readonly clears: Reference | null
  readonly story: ManifestAuthor['story']
}

/** Several changes as one: their edits one after the other, each event with the reason and links of the change that brought it. */
export function joinChanges(changes: readonly OwnChange[]): JoinedChange {
  const flags = new Map<string, Edit>()
  const segments = new Map<string, Edit>()
  const stories = new Map<string, Story>()
  let clears: Reference | null = null
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
    for (const event of manifest.events) {
      const story = { reason: `${event.reason} (${change.id})`, artifacts: event.linked_artifacts }
      stories.set(nameOf(event.flag_key, event.action), story)
      // On another base the same edit may be another action.
      if (event.action !== 'resume') stories.set(event.flag_key, story)
    }
    if ((change.payload.clears?.version ?? 0) > (clears?.version ?? 0)) clears = change.payload.clears
  }
  return {
    patch: { flags: Object.fromEntries(flags), segments: Object.fromEntries(segments) },
    clears,
    story: (flag, action) => {
      const found = stories.get(nameOf(flag, action)) ?? stories.get(flag)
      if (found === undefined) throw new EnsignError('reason_missing', 'no change of the train tells why', { at: flag })
      return found
    },
  }
}

const nameOf = (flag: string, action: string) => `${flag}\n${action}`
