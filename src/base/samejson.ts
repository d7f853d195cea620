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
  const [left, right] = [a as Members, b as Members]
  const names = namesIn(left)
  return (
    names.length === namesIn(right).length &&
    names.every(name => Object.hasOwn(right, name) && sameJson(left[name], right[name], depth + 1))
  )
}

type Members = Readonly<Record<string, unknown>>

function namesIn(object: Members): string[] {
  return Object.keys(object).filter(name => object[name] !== undefined)
}
