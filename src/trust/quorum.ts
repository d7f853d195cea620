import type { Signed } from './types.ts'

/** How many of `members` signed. A person counts once, with however many keys. */
export function countSigners(signed: readonly Signed[], members: readonly string[], except?: string): number {
  const people = new Set(signed.map(one => one.person))
  return members.filter(member => member !== except && people.has(member)).length
}
