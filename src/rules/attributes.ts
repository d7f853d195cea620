import type { AttributeName } from './types.ts'

/** Where an attribute is found. Data and not a closure, so that reading one is a call that engines can inline. */
export interface Place {
  readonly name: string
  /** The rest of a path; undefined for a name alone. */
  readonly rest: readonly string[] | undefined
}

export function placeOf(attribute: AttributeName): Place {
  if (typeof attribute === 'string') return { name: attribute, rest: undefined }
  const [name = '', ...rest] = attribute
  return { name, rest: rest.length === 0 ? undefined : rest }
}

/** Own properties only: what an application's or an attacker's prototype carries is no attribute. */
export function own(object: object, name: string): unknown {
  return Object.hasOwn(object, name) ? (object as Record<string, unknown>)[name] : undefined
}

/** Undefined where the attribute is missing. */
export function read(context: object, { name, rest }: Place): unknown {
  const value = own(context, name)
  return rest === undefined ? value : readOn(value, rest)
}

function readOn(start: unknown, rest: readonly string[]): unknown {
  let value = start
  for (let i = 0; i < rest.length; i++) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    value = own(value, rest[i]!)
  }
  return value
}

/** Dates count as their milliseconds everywhere but in units. */
export function plain(value: unknown): unknown {
  return value instanceof Date ? Date.prototype.getTime.call(value) : value
}

/** What is bucketed: a non-empty string, or a safe integer or bigint in decimal; '' where it is missing. */
export function unitOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return String(value)
  return ''
}

/** Undefined, null, NaN, the infinities and functions are as if they were not there. Takes a `plain` value. */
export function isMissing(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    typeof value === 'function' ||
    (typeof value === 'number' && !Number.isFinite(value))
  )
}
