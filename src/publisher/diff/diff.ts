import { sameJson } from '../../base/samejson.ts'
import type { Flag } from '../../rules/types.ts'
import { own, type PlainRules } from '../rules.ts'
import { flagChanges, flagState } from './flag.ts'
import { segmentChange } from './segment.ts'
import type { Change } from './types.ts'

/** What happened between two rule sets, in the words of people: one row for each thing that changed, by key. */
export function diffRules(before: PlainRules, after: PlainRules): Change[] {
  const changes: Change[] = []
  for (const key of keysOf(before.flags, after.flags)) {
    const old = own(before.flags, key)
    const now = own(after.flags, key)
    if (old === undefined) changes.push(created(key, now!))
    else if (now === undefined) changes.push(deleted(key, old))
    else if (!sameJson(old, now)) changes.push(...flagChanges(key, old, now))
  }
  for (const key of keysOf(before.segments, after.segments)) {
    const old = own(before.segments, key)
    const now = own(after.segments, key)
    if (!sameJson(old, now)) changes.push(segmentChange(key, old, now))
  }
  return changes
}

function keysOf(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()
}

function created(key: string, flag: Flag): Change {
  const summary = `created, ${flag.on ? 'on' : 'off'}`
  return { action: 'create', flag_key: key, previous_state: null, new_state: flagState(flag), summary }
}

function deleted(key: string, flag: Flag): Change {
  return { action: 'delete', flag_key: key, previous_state: flagState(flag), new_state: null, summary: 'deleted' }
}
