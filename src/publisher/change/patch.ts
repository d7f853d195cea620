import { EnsignError } from '../../base/errors.ts'
import type { Json } from '../../base/json.ts'
import { ordered } from '../../base/largejson.ts'
import { sameJson } from '../../base/samejson.ts'
import type { PlainRules } from '../rules.ts'

/** One flag or segment before and after; null where it is not. */
export interface Edit {
  readonly before: Json
  readonly after: Json
}

/** What a change does, apart from what it does it to: it can be put on another base, and compared. */
export interface Patch {
  readonly flags: Readonly<Record<string, Edit>>
  readonly segments: Readonly<Record<string, Edit>>
}

type Table = Readonly<Record<string, Json>>

/** `only`: these flags and segments (`segments/KEY`) and no others. */
export function patchOf(before: PlainRules, after: PlainRules, only?: ReadonlySet<string>): Patch {
  const edits = (kind: 'flags' | 'segments', prefix: string) => {
    const [a, b] = [before[kind] as unknown as Table, after[kind] as unknown as Table]
    const found: [string, Edit][] = []
    for (const key of [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()) {
      if (only !== undefined && !only.has(prefix + key)) continue
      const edit = { before: own(a, key), after: own(b, key) }
      if (!sameJson(edit.before, edit.after)) found.push([key, edit])
    }
    return Object.fromEntries(found)
  }
  return { flags: edits('flags', ''), segments: edits('segments', 'segments/') }
}

/** Flags and segments that it touches, as the audit manifest names them. */
export function keysOf(patch: Patch): string[] {
  return [...Object.keys(patch.flags), ...Object.keys(patch.segments).map(key => `segments/${key}`)]
}

/** What of it is not so yet: after another base, nothing may be left of a change. */
export function openKeys(rules: PlainRules, patch: Patch): string[] {
  const open = (kind: 'flags' | 'segments', prefix: string) =>
    Object.entries(patch[kind])
      .filter(([key, { after }]) => !sameJson(own(rules[kind] as unknown as Table, key), after))
      .map(([key]) => prefix + key)
  return [...open('flags', ''), ...open('segments', 'segments/')]
}

/**
 * With members in order, as those in force have them: parts and manifest print them both.
 * Refuses where somebody else changed the same flag meanwhile: what was reviewed would no longer be what happens.
 */
export function applyPatch(rules: PlainRules, patch: Patch): PlainRules {
  const apply = (kind: 'flags' | 'segments', prefix: string): Table => {
    const table = new Map(Object.entries(rules[kind] as unknown as Table))
    for (const [key, { before, after }] of Object.entries(patch[kind])) {
      const now = table.get(key) ?? null
      if (!sameJson(now, before) && !sameJson(now, after)) {
        throw new EnsignError('change_conflict', `${prefix}${key} was changed meanwhile`, { at: `${prefix}${key}` })
      }
      if (after === null) table.delete(key)
      else table.set(key, ordered(after))
    }
    return Object.fromEntries([...table].sort(([a], [b]) => (a < b ? -1 : 1)))
  }
  return { flags: apply('flags', ''), segments: apply('segments', 'segments/') } as unknown as PlainRules
}

function own(table: Table, key: string): Json {
  return Object.hasOwn(table, key) ? table[key]! : null
}

export function samePatch(a: Patch, b: Patch): boolean {
  return sameJson(a, b)
}
