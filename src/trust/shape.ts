import { isObject } from '../base/json.ts'
import { must } from '../base/must.ts'
import { parseTime } from '../base/time.ts'

/** Reads one value of a closed shape, and freezes it. `at` is its JSON pointer. */
export type Shape<T> = (value: unknown, at: string) => T

/** Members are compared and read as own properties, so that a polluted Object.prototype adds and hides nothing. */
export function object<T extends object>(members: { readonly [K in keyof T]-?: Shape<T[K]> }): Shape<T> {
  const shapes = Object.entries(members) as [string, Shape<unknown>][]
  return (value, at) => {
    must('2.3', isObject(value), 'schema', at, 'not an object')
    for (const name of Object.keys(value)) {
      must('2.4', Object.hasOwn(members, name), 'schema', `${at}/${shown(name)}`, 'an unknown member')
    }
    for (const [name, shape] of shapes) {
      must('2.5', Object.hasOwn(value, name), 'schema', `${at}/${name}`, 'a missing member')
      shape(value[name], `${at}/${name}`)
    }
    return Object.freeze(value) as T
  }
}

/** Somebody else chose the name: it is cut, and control characters do not reach a log. */
function shown(name: string): string {
  return JSON.stringify(name.slice(0, 64)).slice(1, -1)
}

export function array<T>(item: Shape<T>, min: number, max: number): Shape<readonly T[]> {
  return (value, at) => {
    must(
      '2.6',
      Array.isArray(value) && value.length >= min && value.length <= max,
      'schema',
      at,
      `not ${min} to ${max}`,
    )
    for (let i = 0; i < value.length; i++) item(value[i], `${at}/${i}`)
    return Object.freeze(value) as readonly T[]
  }
}

/** Ascending by UTF-16 code units of `nameOf`, each once. */
export function sorted<T>(item: Shape<T>, nameOf: (one: T) => string, min: number, max: number): Shape<readonly T[]> {
  const plain = array(item, min, max)
  return (value, at) => {
    const list = plain(value, at)
    for (let i = 1; i < list.length; i++) {
      must('2.7', nameOf(list[i - 1]!) < nameOf(list[i]!), 'schema', `${at}/${i}`, 'not ascending, or repeated')
    }
    return list
  }
}

export function text(form: RegExp): Shape<string> {
  return (value, at) => {
    must('2.8', typeof value === 'string' && form.test(value), 'schema', at, `not ${form.source}`)
    return value
  }
}

export function integer(min: number, max: number): Shape<number> {
  return (value, at) => {
    const fits = typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max
    must('2.9', fits, 'schema', at, `no whole number from ${min} to ${max}`)
    return value
  }
}

export const bool: Shape<boolean> = (value, at) => {
  must('2.10', typeof value === 'boolean', 'schema', at, 'neither true nor false')
  return value
}

export const time: Shape<string> = (value, at) => {
  must('2.11', parseTime(value) !== undefined, 'schema', at, 'not a time of the form YYYY-MM-DDTHH:MM:SSZ')
  return value as string
}

export function only<T extends string | number>(one: T): Shape<T> {
  return (value, at) => {
    must('2.12', value === one, 'schema', at, `not ${one}`)
    return one
  }
}

export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return (value, at) => (value === null ? null : shape(value, at))
}

const SAFE = Number.MAX_SAFE_INTEGER
export const id = text(/^[a-z0-9][a-z0-9-]{0,62}$/)
export const digest = text(/^[0-9a-f]{64}$/)
export const version = integer(1, SAFE)
export const size = integer(0, SAFE)
/** A log's name, as a signed note takes it: printable ASCII without space and `+`. */
export const origin = text(/^[!-*,-~]{1,200}$/)
/** Free text for people. The length keeps a payload under its cap; what it says is not for the verifier. */
export const prose = text(/^[\s\S]{0,2000}$/)
export const reference = object<{ version: number; digest: string }>({ version, digest })
export const loggedReference = object<{ version: number; digest: string; envelope: string }>({
  version,
  digest,
  envelope: digest,
})
