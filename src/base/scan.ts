import { fromUtf8 } from './bytes.ts'

/**
 * Finds where the members of a JSON object begin and end, and makes nothing of them. It takes what JSON.parse takes, of
 * bytes that are UTF-8: who parses a member that was found here cannot fail.
 *
 * Each function gets the place of its first byte and gives the place after its last one; -1: this is not JSON. Past the end
 * a byte is undefined, which is like no other.
 */
const QUOTE = 0x22
const COMMA = 0x2c
const MINUS = 0x2d
const DOT = 0x2e
const ZERO = 0x30
const COLON = 0x3a
const BACKSLASH = 0x5c
const OPEN_LIST = 0x5b
export const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/** Calls `member` at the value of each member of the object at `at`; later ones of one name come later. */
export function skipMembers(text: Uint8Array, at: number, member: (name: string, at: number) => number): number {
  if (text[at] !== OPEN_OBJECT) return -1
  let next = skipSpace(text, at + 1)
  if (text[next] === CLOSE_OBJECT) return next + 1
  for (;;) {
    const end = skipString(text, next)
    if (end < 0) return -1
    const value = skipColon(text, end)
    if (value < 0) return -1
    const after = member(readName(text, next + 1, end - 1), value)
    if (after < 0) return -1
    next = skipSpace(text, after)
    if (text[next] === CLOSE_OBJECT) return next + 1
    if (text[next] !== COMMA) return -1
    next = skipSpace(text, next + 1)
  }
}

function readName(text: Uint8Array, from: number, to: number): string {
  const name = fromUtf8(text.subarray(from, to))!
  return name.includes('\\') ? (JSON.parse(`"${name}"`) as string) : name
}

/** Without recursion, so that no depth of nesting is too much. */
export function skipValue(text: Uint8Array, start: number): number {
  const open: number[] = []
  let at = start
  for (;;) {
    const byte = text[at]
    if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      // `{` and `}`, `[` and `]` are two apart.
      const close = byte + 2
      at = skipSpace(text, at + 1)
      if (text[at] !== close) {
        open.push(close)
        if (close === CLOSE_OBJECT) at = skipName(text, at)
        if (at < 0) return -1
        continue
      }
      at += 1
    } else {
      at = byte === QUOTE ? skipString(text, at) : skipScalar(text, at)
      if (at < 0) return -1
    }
    // A value has ended; so may what holds it.
    for (;;) {
      const close = open.at(-1)
      if (close === undefined) return at
      at = skipSpace(text, at)
      const next = text[at]
      at += 1
      if (next === COMMA) {
        at = skipSpace(text, at)
        if (close === CLOSE_OBJECT) at = skipName(text, at)
        if (at < 0) return -1
        break
      }
      if (next !== close) return -1
      open.pop()
    }
  }
}

export function skipSpace(text: Uint8Array, start: number): number {
  let at = start
  for (;;) {
    const byte = text[at]
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return at
    at += 1
  }
}

/** A member's name and what stands before its value. */
function skipName(text: Uint8Array, at: number): number {
  const end = skipString(text, at)
  return end < 0 ? -1 : skipColon(text, end)
}

function skipColon(text: Uint8Array, at: number): number {
  const colon = skipSpace(text, at)
  return text[colon] === COLON ? skipSpace(text, colon + 1) : -1
}

function skipString(text: Uint8Array, start: number): number {
  if (text[start] !== QUOTE) return -1
  let at = start + 1
  for (;;) {
    const byte = text[at]
    if (byte === QUOTE) return at + 1
    // A control character, or the end.
    if (byte === undefined || byte < 0x20) return -1
    at = byte === BACKSLASH ? skipEscape(text, at) : at + 1
    if (at < 0) return -1
  }
}

const ESCAPED = [...'"\\/bfnrt'].map(one => one.charCodeAt(0))
const HEX_DIGIT = /^[0-9a-fA-F]{4}$/

function skipEscape(text: Uint8Array, at: number): number {
  const byte = text[at + 1]
  if (byte !== undefined && ESCAPED.includes(byte)) return at + 2
  const digits = text.subarray(at + 2, at + 6)
  return byte === 0x75 && HEX_DIGIT.test(String.fromCharCode(...digits)) ? at + 6 : -1
}

const WORDS = ['true', 'false', 'null'].map(word => [...word].map(letter => letter.charCodeAt(0)))

function skipScalar(text: Uint8Array, at: number): number {
  for (const word of WORDS) {
    if (text[at] === word[0]) return word.every((byte, i) => text[at + i] === byte) ? at + word.length : -1
  }
  return skipNumber(text, at)
}

function skipNumber(text: Uint8Array, start: number): number {
  let at = text[start] === MINUS ? start + 1 : start
  at = text[at] === ZERO ? at + 1 : skipDigits(text, at)
  if (at >= 0 && text[at] === DOT) at = skipDigits(text, at + 1)
  // e or E
  if (at < 0 || (text[at] !== 0x65 && text[at] !== 0x45)) return at
  const sign = text[at + 1]
  return skipDigits(text, sign === 0x2b || sign === MINUS ? at + 2 : at + 1)
}

/** At least one. */
function skipDigits(text: Uint8Array, start: number): number {
  let at = start
  for (;;) {
    const byte = text[at]
    if (byte === undefined || byte < ZERO || byte > 0x39) return at === start ? -1 : at
    at += 1
  }
}
