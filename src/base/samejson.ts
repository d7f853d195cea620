/** Whether both have one RFC 8785 text, found without printing either. A member that is undefined is none. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!(Array.isArray(a) && Array.isArray(b)) || a.length !== b.length) return false
    return a.every((item, i) => sameJson(item, b[i]))
  }
  const [left, right] = [a as Readonly<Record<string, unknown>>, b as Readonly<Record<string, unknown>>]
  const names = namesIn(left)
  return names.length === namesIn(right).length && names.every(name => sameJson(left[name], ownIn(right, name)))
}

function namesIn(object: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(object).filter(name => object[name] !== undefined)
}

function ownIn(object: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined
}
