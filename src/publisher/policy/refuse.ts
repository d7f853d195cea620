import { EnsignError } from '../../base/errors.ts'
import type { Refusal } from './types.ts'

export function printRefusal({ rule, what, who, how }: Refusal): string {
  const people = who.length === 0 ? 'nobody at present' : who.join(', ')
  return `${rule}: ${what}; who could: ${people}; how: ${how}`
}

/** All refusals at once: nobody should learn of the second rule after having satisfied the first. */
export function refuseAll(refusals: readonly Refusal[]): void {
  if (refusals.length === 0) return
  throw new EnsignError('policy', refusals.map(printRefusal).join('\n'), { at: `policy/${refusals[0]!.rule}` })
}
