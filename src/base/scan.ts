/**
 * Finds where the members of a JSON object begin and end, and makes nothing of them. It takes what JSON.parse takes: who parses a
 * member that was found here cannot fail.
 *
 * Each function gets the place of its first character and gives the place after its last one; -1: this is not JSON.
 */
export type Skip = (text: string, at: number) => number

const QUOTE = 0x22
const COMMA = 0x2c
const MINUS = 0x2d
const DOT = 0x2e
const ZERO = 0x30
const COLON = 0x3a
const BACKSLASH = 0x5c
const OPEN_LIST = 0x5b
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/** Calls `member` at the value of each member of the object at `at`; later ones of one name come later. */
export function skipMembers(text: string, at: number, member: (name: string, at: number) => number): number {
  if (text.charCodeAt(at) !== OPEN_OBJECT) return -1
  let next = skipSpace(text, at + 1)
  if (text.charCodeAt(next) === CLOSE_OBJECT) return next + 1
  for (;;) {
    const end = skipString(text, next)
    if (end < 0) return -1
    const name = text.slice(next + 1, end - 1)
    const value = skipColon(text, end)
    if (value < 0) return -1
    const after = member(name.includes('\\') ? (JSON.parse(`"${name}"`) as string) : name, value)
    if (after < 0) return -1
    next = skipSpace(text, after)
    const code = text.charCodeAt(next)
    if (code === CLOSE_OBJECT) return next + 1
    if (code !== COMMA) return -1
    next = skipSpace(text, next + 1)
  }
}

/** Without recursion, so that no depth of nesting is too much. */
export function skipValue(text: string, start: number): number {
  const open: number[] = []
  let at = start
  for (;;) {
    const code = text.charCodeAt(at)
    if (code === OPEN_OBJECT || code === OPEN_LIST) {
      // `{` and `}`, `[` and `]` are two apart.
      const close = code + 2
      at = skipSpace(text, at + 1)
      if (text.charCodeAt(at) !== close) {
        open.push(close)
        if (close === CLOSE_OBJECT) at = skipName(text, at)
        if (at < 0) return -1
        continue
      }
      at += 1
    } else {
      at = code === QUOTE ? skipString(text, at) : skipScalar(text, at, code)
      if (at < 0) return -1
    }
    // A value has ended; so may what holds it.
    for (;;) {
      const close = open.at(-1)
      if (close === undefined) return at
      at = skipSpace(text, at)
      const next = text.charCodeAt(at)
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

export function skipSpace(text: string, start: number): number {
  let at = start
  for (;;) {
    const code = text.charCodeAt(at)
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return at
    at += 1
  }
}

/** A member's name and what stands before its value. */
function skipName(text: string, at: number): number {
  const end = skipString(text, at)
  return end < 0 ? -1 : skipColon(text, end)
}

function skipColon(text: string, at: number): number {
  const colon = skipSpace(text, at)
  return text.charCodeAt(colon) === COLON ? skipSpace(text, colon + 1) : -1
}

const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y

function skipString(text: string, start: number): number {
  if (text.charCodeAt(start) !== QUOTE) return -1
  let at = start + 1
  for (;;) {
    let code = text.charCodeAt(at)
    while (code > QUOTE && code !== BACKSLASH) code = text.charCodeAt(++at)
    if (code === QUOTE) return at + 1
    if (code === BACKSLASH) {
      ESCAPE.lastIndex = at
      if (!ESCAPE.test(text)) return -1
      at = ESCAPE.lastIndex
    } else if (code >= 0x20) at += 1
    // A control character, or NaN: the end of the text.
    else return -1
  }
}

function skipScalar(text: string, at: number, code: number): number {
  for (const word of WORDS) if (code === word.charCodeAt(0)) return text.startsWith(word, at) ? at + word.length : -1
  return skipNumber(text, at)
}

const WORDS = ['true', 'false', 'null']

function skipNumber(text: string, start: number): number {
  let at = text.charCodeAt(start) === MINUS ? start + 1 : start
  const first = text.charCodeAt(at)
  at = first === ZERO ? at + 1 : skipDigits(text, at)
  if (at < 0) return -1
  if (text.charCodeAt(at) === DOT) at = skipDigits(text, at + 1)
  if (at < 0) return -1
  // e or E
  if ((text.charCodeAt(at) | 0x20) !== 0x65) return at
  const sign = text.charCodeAt(at + 1)
  return skipDigits(text, sign === 0x2b || sign === MINUS ? at + 2 : at + 1)
}

/** At least one. */
function skipDigits(text: string, start: number): number {
  let at = start
  for (;;) {
    const code = text.charCodeAt(at)
    if (code >= ZERO && code <= 0x39) at += 1
    else return at === start ? -1 : at
  }
}
