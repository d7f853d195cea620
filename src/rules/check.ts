import { MAX_KEY_LENGTH } from '../base/limits.ts'
import type { FaultCode } from './reasons.ts'

/** Something wrong in a part. It puts one flag or segment in error and leaves the others alone. */
export interface Problem {
  readonly code: FaultCode
  /** JSON pointer into the part. */
  readonly at: string
  readonly what: string
}

/** What looking at one flag or segment collects: where it is, what is wrong, what is read. */
export interface Check {
  readonly path: (string | number)[]
  readonly problems: Problem[]
  fault: FaultCode | undefined
  flags: string[] | undefined
  segments: string[] | undefined
  secrets: string[] | undefined
  patterns: string[] | undefined
}

export function startCheck(kind: string, key: string, problems: Problem[]): Check {
  return {
    path: [kind, key],
    problems,
    fault: undefined,
    flags: undefined,
    segments: undefined,
    secrets: undefined,
    patterns: undefined,
  }
}

/** The gravest names the fault: what a later engine may understand, then what no engine understands. */
const BY_GRAVITY: readonly FaultCode[] = ['newer_rules', 'malformed', 'same_salt', 'same_seed']

export function report(check: Check, code: FaultCode, what: string): void {
  if (check.fault === undefined || BY_GRAVITY.indexOf(code) < BY_GRAVITY.indexOf(check.fault)) check.fault = code
  const at = check.path.map(step => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
  check.problems.push({ code, at, what })
}

export function malformed(check: Check, what: string): void {
  report(check, 'malformed', what)
}

/** Looks at a member in its place. */
export function inside<T>(check: Check, step: string | number, value: T, look: (check: Check, value: T) => void): void {
  check.path.push(step)
  look(check, value)
  check.path.pop()
}

export function each(
  check: Check,
  step: string,
  list: unknown,
  what: string,
  look: (check: Check, item: unknown) => void,
): void {
  check.path.push(step)
  if (!Array.isArray(list)) malformed(check, `${what} must be a list`)
  else for (let i = 0; i < list.length; i++) inside(check, i, list[i] as unknown, look)
  check.path.pop()
}

/**
 * An object, which should have all required members, perhaps optional ones, and no others. Own members alone count, so that
 * nothing on a prototype can add to a rule or hide a missing member.
 */
export function isShape(
  check: Check,
  value: unknown,
  what: string,
  required: readonly string[],
  optional: readonly string[],
): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    malformed(check, `${what} must be an object`)
    return false
  }
  let found = 0
  for (const name of Object.keys(value)) {
    if (required.includes(name)) found++
    else if (!optional.includes(name))
      report(check, 'newer_rules', `${what} has a member that this engine does not know`)
  }
  // What lacks a member is still looked into: a newer form somewhere in it says more than that.
  if (found !== required.length) malformed(check, `${what} must have ${required.join(', ')}`)
  return true
}

export function isNames(check: Check, value: unknown, what: string): value is readonly string[] {
  if (Array.isArray(value) && value.length > 0 && value.every(isName)) return true
  malformed(check, `${what} must be a list of at least one name`)
  return false
}

const KEY = new RegExp(`^[A-Za-z0-9._-]{1,${MAX_KEY_LENGTH}}$`)

/** Of a flag or segment. */
export function isKey(value: unknown): value is string {
  return typeof value === 'string' && KEY.test(value)
}

/** 1 to 128 code units. */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_KEY_LENGTH
}

export function checkSalt(check: Check, salt: unknown): void {
  if (!isName(salt)) malformed(check, `a salt must be a string of 1 to ${MAX_KEY_LENGTH} code units`)
}

export function checkAttribute(check: Check, value: unknown): void {
  const names: unknown[] = Array.isArray(value) ? value : [value]
  if (names.length === 0 || !names.every(name => typeof name === 'string' && name !== ''))
    malformed(check, 'an attribute must be a name or a list of names')
}

export function sameAttribute(a: unknown, b: unknown): boolean {
  const path = (name: unknown): readonly unknown[] => (Array.isArray(name) ? name : [name])
  const [left, right] = [path(a), path(b)]
  return left.length === right.length && left.every((name, i) => name === right[i])
}
