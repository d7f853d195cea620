import { isObject } from '../base/json.ts'
import { MAX_KEY_LENGTH } from '../base/limits.ts'
import type { Needs } from './loaded.ts'
import type { What } from './problems.ts'
import type { FaultCode } from './reasons.ts'
import type { Bucket } from './types.ts'

/**
 * Something wrong in a part. It puts one flag or segment in error and leaves the others alone. What it is called in
 * words stands in problems.ts, which who only evaluates does not load.
 */
export interface Flaw {
  readonly code: FaultCode
  readonly path: readonly (string | number)[]
  readonly what: What
  /** The member that it is about, or the members that there must be. */
  readonly name: string
}

/** What looking at one flag or segment collects: where it is, what is wrong, what is read. */
export interface Check {
  readonly path: (string | number)[]
  readonly flaws: Flaw[]
  fault: FaultCode | undefined
  flags: string[] | undefined
  segments: string[] | undefined
  secrets: string[] | undefined
  patterns: string[] | undefined
  times: number[] | undefined
  /** Bucket conditions, for the rule that is looked at. */
  buckets: Bucket[]
  /** How many variants the flag has; 0 where they are no list. */
  variants: number
  /** How many conditions stand around this place. */
  depth: number
}

export function startCheck(kind: string, key: string): Check {
  return {
    path: [kind, key],
    flaws: [],
    fault: undefined,
    flags: undefined,
    segments: undefined,
    secrets: undefined,
    patterns: undefined,
    times: undefined,
    buckets: [],
    variants: 0,
    depth: 0,
  }
}

/** The gravest names the fault: what a later engine may understand, then what no engine understands. */
const BY_GRAVITY: readonly FaultCode[] = ['newer_rules', 'malformed', 'same_salt', 'same_seed']

export function report(check: Check, code: FaultCode, what: What, name = ''): void {
  if (check.fault === undefined || BY_GRAVITY.indexOf(code) < BY_GRAVITY.indexOf(check.fault)) check.fault = code
  check.flaws.push({ code, path: [...check.path], what, name })
}

export function malformed(check: Check, what: What, name?: string): void {
  report(check, 'malformed', what, name)
}

/** Notes what is read. */
export function collect<Kind extends keyof Needs>(check: Check, kind: Kind, one: Needs[Kind][number]): true {
  check[kind] ??= []
  const all: unknown[] = check[kind]
  all.push(one)
  return true
}

/** Looks at a value in its place. `owner` is the object that it is a member of. */
export type Look = (check: Check, value: unknown, owner?: unknown) => void

/** What a value must be, and what that is called. */
export interface Leaf {
  readonly is: (value: unknown, check: Check, owner: Readonly<Record<string, unknown>>) => boolean
  readonly what: What
  /** Another text may be known to a later engine. */
  readonly open?: true
}

/** What is wrong with a leaf is told at its owner, what is wrong below a look at its own place. */
export type Member = Look | Leaf

export function lookAt(check: Check, name: string | number, member: Member, owner: Record<string, unknown>): void {
  const value = owner[name]
  if (typeof member === 'function') {
    check.path.push(name)
    member(check, value, owner)
    check.path.pop()
  } else if (!member.is(value, check, owner)) {
    const code = Object.hasOwn(member, 'open') && typeof value === 'string' ? 'newer_rules' : 'malformed'
    report(check, code, member.what, String(name))
  }
}

export function list(look: Look): Look {
  return (check, items) => {
    if (!Array.isArray(items)) malformed(check, 'list')
    else for (let i = 0; i < items.length; i++) lookAt(check, i, look, items as unknown as Record<string, unknown>)
  }
}

/**
 * An object, which should have all members, but for those whose name ends in `?`, and no others. Own members alone count,
 * so that nothing on a prototype can add to a rule or hide a missing member. They are looked at in the order given here.
 */
export function shape(members: Readonly<Record<string, Member>>): Look {
  const rows = Object.entries(members).map(([name, member]) => {
    const required = !name.endsWith('?')
    return { name: required ? name : name.slice(0, -1), member, required }
  })
  const known = new Map(rows.map(row => [row.name, row.required]))
  const required = rows.filter(row => row.required).length
  const form = Object.keys(members).join(', ')
  return (check, value) => {
    if (!isObject(value)) return malformed(check, 'object_of', form)
    let found = 0
    for (const name of Object.keys(value)) {
      const isRequired = known.get(name)
      if (isRequired) found++
      else if (isRequired === undefined) report(check, 'newer_rules', 'unknown')
    }
    // What lacks a member is still looked into: a newer form somewhere in it says more than that.
    if (found !== required) malformed(check, 'members', form)
    for (const row of rows) {
      if (row.required || Object.hasOwn(value, row.name)) lookAt(check, row.name, row.member, value)
    }
  }
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

/** A whole number from 0 up to `count`, which is not one. */
export function isIndex(value: unknown, count: number): boolean {
  return Number.isInteger(value) && 0 <= (value as number) && (value as number) < count
}

export const NAME: Leaf = { is: isName, what: 'name' }

export const NAMES: Leaf = {
  is: value => Array.isArray(value) && value.length > 0 && value.every(isName),
  what: 'names',
}

export const ATTRIBUTE: Leaf = {
  is: value => {
    const names: unknown[] = Array.isArray(value) ? value : [value]
    return names.length > 0 && names.every(name => typeof name === 'string' && name !== '')
  },
  what: 'attribute',
}

export const BOOLEAN: Leaf = { is: value => typeof value === 'boolean', what: 'boolean' }

/** For people, or looked at elsewhere. */
export const ANYTHING: Leaf = { is: () => true, what: 'unknown' }

/** The key of a flag or segment that is read. */
export function keyOf(kind: 'flags' | 'segments'): Leaf {
  return { is: (value, check) => isKey(value) && collect(check, kind, value), what: 'key' }
}
