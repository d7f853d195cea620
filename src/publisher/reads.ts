import type { Condition, Flag, Segment } from '../rules/types.ts'
import { own, type PlainRules } from './rules.ts'

/** Calls back for each condition inside one, itself included. */
export function walk(condition: Condition, visit: (condition: Condition) => void): void {
  visit(condition)
  if ('all' in condition) for (const part of condition.all) walk(part, visit)
  else if ('any' in condition) for (const part of condition.any) walk(part, visit)
  else if ('not' in condition) walk(condition.not, visit)
  else if ('assume' in condition) walk(condition.of, visit)
}

export interface Reads {
  readonly flags: ReadonlySet<string>
  readonly segments: ReadonlySet<string>
}

/** The flags and segments that a flag names itself. */
export function readsOf(flag: Flag): Reads {
  const reads = { flags: NONE, segments: NONE }
  for (const required of flag.requires ?? []) reads.flags = withKey(reads.flags, required.flag)
  for (const rule of flag.rules) collect(rule.when, reads)
  return reads
}

export function readsOfSegment(segment: Segment): Reads {
  const reads = { flags: NONE, segments: NONE }
  if (segment.when !== undefined) collect(segment.when, reads)
  return reads
}

/** Shared: most flags read nothing, and ten thousand of them are asked several times in one command. */
const NONE = new Set<string>()

function withKey(keys: Set<string>, key: string): Set<string> {
  return keys === NONE ? new Set([key]) : keys.add(key)
}

function collect(condition: Condition, reads: { flags: Set<string>; segments: Set<string> }): void {
  walk(condition, one => {
    if ('flag' in one) reads.flags = withKey(reads.flags, one.flag)
    else if ('segment' in one) reads.segments = withKey(reads.segments, one.segment)
  })
}

/** These flags, and all that they read. */
export function closureOf(rules: PlainRules, keys: Iterable<string>): PlainRules {
  const flags: Record<string, Flag> = {}
  const segments: Record<string, Segment> = {}
  const todo: (readonly ['flags' | 'segments', string])[] = [...keys].map(key => ['flags', key])
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const [kind, name] = next
    const reads =
      kind === 'flags' ? take(rules.flags, flags, name, readsOf) : take(rules.segments, segments, name, readsOfSegment)
    for (const read of reads?.flags ?? []) todo.push(['flags', read])
    for (const read of reads?.segments ?? []) todo.push(['segments', read])
  }
  return { flags, segments }
}

function take<T>(from: Readonly<Record<string, T>>, to: Record<string, T>, key: string, reads: (one: T) => Reads) {
  const one = own(from, key)
  if (one === undefined || Object.hasOwn(to, key)) return undefined
  to[key] = one
  return reads(one)
}

/** Every segment that decides about a flag, directly or through another segment. */
export function segmentsBehind(rules: PlainRules, flag: Flag): string[] {
  const { segments } = readsOf(flag)
  if (segments.size === 0) return []
  const found = new Set(segments)
  for (const key of found) {
    const segment = own(rules.segments, key)
    if (segment !== undefined) for (const inner of readsOfSegment(segment).segments) found.add(inner)
  }
  return [...found]
}

/** For any key the flags that read it, directly or not, through segments too; sorted. */
export function readersIn(rules: PlainRules): (key: string) => string[] {
  const direct = new Map<string, string[]>()
  for (const [reader, flag] of Object.entries(rules.flags)) {
    for (const key of flagsBehind(rules, flag)) {
      const readers = direct.get(key)
      if (readers === undefined) direct.set(key, [reader])
      else readers.push(reader)
    }
  }
  return key => {
    const found = new Set([key])
    for (const one of found) for (const reader of direct.get(one) ?? []) found.add(reader)
    found.delete(key)
    return [...found].sort()
  }
}

/** Every flag that decides about a flag without another in between, also through segments. */
export function flagsBehind(rules: PlainRules, flag: Flag): Iterable<string> {
  const { flags, segments } = readsOf(flag)
  if (segments.size === 0) return flags
  const all = new Set(flags)
  for (const key of segmentsBehind(rules, flag)) {
    const segment = own(rules.segments, key)
    if (segment !== undefined) for (const read of readsOfSegment(segment).flags) all.add(read)
  }
  return all
}
