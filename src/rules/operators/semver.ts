import type { Order, Versions } from './range.ts'

const MAX_TEXT_UNITS = 256
const DOT = 0x2e
const ZERO = 0x30
const NINE = 0x39

interface Semver {
  /** Major, minor, patch as digits: no number is too long to compare. */
  readonly core: readonly string[]
  /** Identifiers of the pre-release; empty for a release. */
  readonly pre: readonly string[]
}

/** No identifier of a pre-release. */
const RELEASE: readonly string[] = []
const NUMBER = '(?:0|[1-9]\\d*)'
const IDENTIFIER = `(?:${NUMBER}|\\d*[A-Za-z-][0-9A-Za-z-]*)`
/** What may follow major.minor.patch. */
const REST = `(?:-(${IDENTIFIER}(?:\\.${IDENTIFIER})*))?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$`
const TAIL = new RegExp(`^${REST}`)
const FORM = new RegExp(`^(${NUMBER})\\.(${NUMBER})\\.(${NUMBER})${REST}`)

/** SemVer 2.0.0 and nothing looser; plain precedence, so pre-releases take part like any other version. */
export const SEMVER: Versions<Semver> = {
  parse(text) {
    const found = text.length > MAX_TEXT_UNITS ? null : FORM.exec(text)
    if (found === null) return undefined
    return { core: [found[1]!, found[2]!, found[3]!], pre: found[4]?.split('.') ?? RELEASE }
  },
  compare,
  leading: ({ core: [major, minor] }) => (major !== '0' ? 0 : minor !== '0' ? 1 : 2),
  /** Below all pre-releases with this core: 2.0.0-beta is no 1.x. */
  above: ({ core }, place) => ({
    core: [...core.slice(0, place), String(BigInt(core[place]!) + 1n), '0', '0'],
    pre: ['0'],
  }),
}

/** Compares while it reads, because a parsed version would be garbage after every call. */
function compare(text: string, operand: Semver): Order {
  if (text.length > MAX_TEXT_UNITS) return 2
  let order: Order = 0
  let at = 0
  for (let part = 0; part < 3; part++) {
    if (part > 0 && text.charCodeAt(at++) !== DOT) return 2
    const end = endOfNumber(text, at)
    if (end === at) return 2
    if (order === 0) order = compareDigits(text, at, end, operand.core[part]!)
    at = end
  }
  if (at === text.length) return order !== 0 ? order : comparePre(RELEASE, operand.pre)
  const tail = TAIL.exec(text.slice(at))
  if (tail === null) return 2
  return order !== 0 ? order : comparePre(tail[1]?.split('.') ?? RELEASE, operand.pre)
}

/** The end of a number without leading zeros; `from` where there is none. */
function endOfNumber(text: string, from: number): number {
  let at = from
  while (at < text.length) {
    const unit = text.charCodeAt(at)
    if (unit < ZERO || unit > NINE) break
    at++
  }
  return at - from > 1 && text.charCodeAt(from) === ZERO ? from : at
}

function compareDigits(text: string, from: number, to: number, digits: string): -1 | 0 | 1 {
  const length = to - from
  if (length !== digits.length) return length < digits.length ? -1 : 1
  for (let i = 0; i < length; i++) {
    const difference = text.charCodeAt(from + i) - digits.charCodeAt(i)
    if (difference !== 0) return difference < 0 ? -1 : 1
  }
  return 0
}

function comparePre(a: readonly string[], b: readonly string[]): -1 | 0 | 1 {
  // A release is above its pre-releases.
  if (a.length === 0 || b.length === 0) return Math.sign(b.length - a.length) as -1 | 0 | 1
  for (let i = 0; i < a.length && i < b.length; i++) {
    const order = compareIdentifiers(a[i]!, b[i]!)
    if (order !== 0) return order
  }
  return Math.sign(a.length - b.length) as -1 | 0 | 1
}

const DIGITS = /^\d+$/

/** Numbers below text; numbers by value, text by code unit. */
function compareIdentifiers(a: string, b: string): -1 | 0 | 1 {
  const numeric = DIGITS.test(a)
  if (numeric !== DIGITS.test(b)) return numeric ? -1 : 1
  if (numeric) return compareDigits(a, 0, a.length, b)
  return a === b ? 0 : a < b ? -1 : 1
}
