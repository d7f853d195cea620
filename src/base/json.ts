import { equalBytes, fromUtf8, utf8 } from './bytes.ts'
import { EnsignError } from './errors.ts'
import { MAX_JSON_DEPTH } from './limits.ts'

export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [member: string]: Json
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Strict UTF-8 under a size cap. */
export function decodeJson(bytes: Uint8Array, maxBytes: number, at?: string): string {
  if (bytes.length > maxBytes) throw failure('too_large', at, `more than ${maxBytes} bytes`)
  const text = fromUtf8(bytes)
  if (text === undefined) throw failure('json', at, 'not UTF-8')
  return text
}

/** JSON.parse over strict UTF-8 under a size cap. Depth is whoever walks the value's to cap. */
export function parseJson(bytes: Uint8Array, maxBytes: number, at?: string): Json {
  const text = decodeJson(bytes, maxBytes, at)
  try {
    return JSON.parse(text) as Json
  } catch {
    // The engine's own message quotes the input, which may hold private data.
    throw failure('json', at, 'not JSON')
  }
}

/**
 * RFC 8785 bytes in, value out: what is parsed is printed again and must give the same bytes, which refuses white
 * space, repeated members, other member orders and other spellings of numbers and strings at once.
 * Numbers are safe integers; `__proto__` is refused as a member name.
 */
export function parseCanonical(bytes: Uint8Array, maxBytes: number, at?: string): Json {
  const value = parseJson(bytes, maxBytes, at)
  const printed = print(value, true, 0, at)
  if (!equalBytes(utf8(printed), bytes)) {
    throw failure('json_not_canonical', at)
  }
  return value
}

/** The RFC 8785 (JCS) text of a value. */
export function canonical(value: Json): string {
  return print(value, false, 0, undefined)
}

export function canonicalBytes(value: Json): Uint8Array<ArrayBuffer> {
  return utf8(canonical(value))
}

function print(value: Json, integers: boolean, depth: number, at: string | undefined): string {
  if (depth > MAX_JSON_DEPTH) throw failure('too_deep', at)
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return printString(value, at)
  if (typeof value === 'number') {
    if (integers ? !Number.isSafeInteger(value) : !Number.isFinite(value)) {
      throw failure('json_number', at)
    }
    return JSON.stringify(value)
  }
  // Texts are put together as they come: a list of members for each object would cost more than printing them.
  if (Array.isArray(value)) {
    let text = '['
    for (const item of value as readonly Json[]) {
      text += `${text === '[' ? '' : ','}${print(item, integers, depth + 1, at)}`
    }
    return `${text}]`
  }
  const object = value as JsonObject
  let text = '{'
  for (const name of sortedKeys(object)) {
    if (name === '__proto__') throw failure('json_key', at)
    const member = object[name]
    if (member === undefined) continue
    text += `${text === '{' ? '' : ','}${printString(name, at)}:${print(member, integers, depth + 1, at)}`
  }
  return `${text}}`
}

/** By UTF-16 code units, which is what RFC 8785 asks for. What was parsed from such bytes is in this order already. */
function sortedKeys(object: JsonObject): readonly string[] {
  const keys = Object.keys(object)
  for (let i = 1; i < keys.length; i++) if (keys[i - 1]! > keys[i]!) return keys.sort()
  return keys
}

/** Nothing in it is escaped, and no surrogate is near. */
const PLAIN = /^[ !#-[\]-~]*$/

function printString(text: string, at: string | undefined): string {
  if (PLAIN.test(text)) return `"${text}"`
  if (!text.isWellFormed()) throw failure('json_not_canonical', at)
  return JSON.stringify(text)
}

function failure(code: string, at: string | undefined, what?: string): EnsignError {
  return new EnsignError(code, what, { at })
}
