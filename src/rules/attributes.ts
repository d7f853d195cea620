import type { AttributeName } from './types.ts'

/** Reads one attribute; undefined where it is missing. */
export type Reader = (context: object) => unknown

const hasOwn = Object.prototype.hasOwnProperty

/** Own properties only: what an application's or an attacker's prototype carries is no attribute. */
export function own(object: object, name: string): unknown {
  return hasOwn.call(object, name) ? (object as Record<string, unknown>)[name] : undefined
}

export function reader(name: AttributeName): Reader {
  if (typeof name === 'string') return context => own(context, name)
  const [first, ...rest] = name
  if (first === undefined) return () => undefined
  return context => {
    let value = own(context, first)
    for (let i = 0; i < rest.length; i++) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
      value = own(value, rest[i]!)
    }
    return value
  }
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
