import { MAX_JSON_DEPTH } from './limits.ts'

/**
 * Whether both have one RFC 8785 text, found without printing either. A member that is undefined is none; what is too
 * deep to be printed differs.
 */
export function sameJson(a: unknown, b: unknown, depth = 0): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || depth > MAX_JSON_DEPTH) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, i) => sameJson(item, b[i], depth + 1))
    )
  }
  return hasMembers(a as Members, b as Members, depth) && count(a as Members) === count(b as Members)
}

type Members = Readonly<Record<string, unknown>>

function hasMembers(left: Members, right: Members, depth: number): boolean {
  for (const name of Object.keys(left)) {
    const value = left[name]
    if (value === undefined) continue
    if (!Object.hasOwn(right, name) || !sameJson(value, right[name], depth + 1)) return false
  }
  return true
}

function count(object: Members): number {
  let members = 0
  for (const name of Object.keys(object)) if (object[name] !== undefined) members++
  return members
}
