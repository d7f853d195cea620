import type { Versions } from './range.ts'

/** One to six dotted integers of up to 15 digits, perhaps after a `v`; what follows the first `-` is ignored. */
const FORM = /^v?(\d{1,15}(?:\.\d{1,15}){0,5})(?:-|$)/
const PARTS = 6

/** Always six parts: those that the text lacks are 0. */
type Version = readonly number[]

export const VERSION: Versions<Version> = {
  parse,
  compare(text, operand) {
    const version = parse(text)
    if (version === undefined) return 2
    for (let i = 0; i < PARTS; i++) {
      if (version[i] !== operand[i]) return version[i]! < operand[i]! ? -1 : 1
    }
    return 0
  },
  leading: ([major, minor]) => (major! > 0 ? 0 : minor! > 0 ? 1 : 2),
  above: (operand, place) => filled([...operand.slice(0, place), operand[place]! + 1]),
}

function parse(text: string): Version | undefined {
  const found = FORM.exec(text)
  return found === null ? undefined : filled(found[1]!.split('.').map(Number))
}

function filled(parts: number[]): Version {
  while (parts.length < PARTS) parts.push(0)
  return parts
}
