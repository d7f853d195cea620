import { equalBytes } from '../base/bytes.ts'
import { sameJson } from '../base/samejson.ts'
import { type FlagCell, flagCell, type SegmentCell, segmentCell } from './cell.ts'
import type { RuleSet } from './engine.ts'
import type { LoadedPart } from './load.ts'
import { bytesOf, type Loaded, lookAt, move, type Needs } from './loaded.ts'
import { createReaders, type Keys, keys, type Readers } from './readers.ts'
import type { Moment, State } from './state.ts'

/**
 * What a view holds on to. When the next rule set comes, the cells that it replaces are kept in the moment that
 * ends, and only there: nobody who holds no old moment pays for it.
 */
interface Link extends Moment {
  next: { readonly replaced: Replaced; readonly moment: Link } | undefined
}

interface Replaced {
  /** Undefined: was not there. */
  readonly flags: ReadonlyMap<string, FlagCell | undefined>
  readonly segments: ReadonlyMap<string, SegmentCell | undefined>
}

/** A state in which one rule set follows another. */
export interface ChangingState extends State {
  /** Nothing in here throws halfway or waits, so no reader sees a half of it. Gives the keys that it touched. */
  apply(set: RuleSet): readonly string[]
}

/** The cells in force are changed in place, so that one change costs the same in a hundred flags as in a hundred thousand. */
export function changingState(): ChangingState {
  const flags = new Map<string, FlagCell>()
  const segments = new Map<string, SegmentCell>()
  const readers = createReaders()
  const used = new Map<string, FlagCell>()
  let parts: readonly LoadedPart[] = []
  let stops: ReadonlySet<string> = new Set()

  const momentOf = (ready: boolean, { window, info }: Pick<RuleSet, 'window' | 'info'>): Link => {
    const moment: Link = {
      ready,
      window,
      info,
      next: undefined,
      flag: key => held(moment, 'flags', key, flags.get(key)),
      segment: key => held(moment, 'segments', key, segments.get(key)),
      flags: () => allFlags(moment, flags),
    }
    return moment
  }
  let moment = momentOf(false, { window: null, info: null })

  function replace(
    touched: Keys,
    changedFlags: Changes<LoadedPart['flags']>,
    changedSegments: Changes<LoadedPart['segments']>,
  ): Replaced {
    const replaced = {
      flags: new Map<string, FlagCell | undefined>(),
      segments: new Map<string, SegmentCell | undefined>(),
    }
    for (const key of touched.segments) {
      const old = segments.get(key)
      const loaded = changedSegments.has(key) ? changedSegments.get(key) : old?.loaded
      if (moment.ready) replaced.segments.set(key, old)
      if (loaded === undefined) segments.delete(key)
      else segments.set(key, segmentCell(key, loaded))
    }
    for (const key of touched.flags) {
      const old = flags.get(key)
      const loaded = changedFlags.has(key) ? changedFlags.get(key) : old?.loaded
      if (moment.ready) replaced.flags.set(key, old)
      used.delete(key)
      if (loaded === undefined && !stops.has(key)) flags.delete(key)
      else flags.set(key, flagCell(key, loaded, stops.has(key)))
    }
    return replaced
  }

  return {
    now: () => moment,
    used,
    apply(set) {
      const came = partsOnlyIn(set.parts, parts)
      const went = partsOnlyIn(parts, set.parts)
      const changedFlags = changes(came, went, part => part.flags, flags)
      const changedSegments = changes(came, went, part => part.segments, segments)
      relink(readers, 'flags', changedFlags, flags)
      relink(readers, 'segments', changedSegments, segments)

      const before = stops
      stops = new Set(set.stops.map(stop => stop.flag))
      parts = [...set.parts]
      const start = keys(changedFlags.keys(), changedSegments.keys())
      for (const stop of [...difference(before, stops), ...difference(stops, before)]) start.flags.add(stop)
      const touched = readers.reach(start)
      const replaced = replace(touched, changedFlags, changedSegments)
      const next = momentOf(true, set)
      if (moment.ready) moment.next = { replaced, moment: next }
      moment = next
      return [...touched.flags]
    },
  }
}

/** What differs, by key; undefined: gone. */
type Changes<Members> = Members extends ReadonlyMap<string, infer L> ? Map<string, L | undefined> : never

const FEW_PARTS = 8

/** By position first: one part of thousands is what mostly changes, and then nothing is made for the others. */
function partsOnlyIn(these: readonly LoadedPart[], those: readonly LoadedPart[]): readonly LoadedPart[] {
  const moved = these.filter((part, i) => part !== those[i])
  if (moved.length <= FEW_PARTS) return moved.filter(part => !those.includes(part))
  const held = new Set(those)
  return moved.filter(part => !held.has(part))
}

/** Only parts that come or go are looked at; a flag that moved from one to another as it was is no change. */
function changes<Source>(
  came: readonly LoadedPart[],
  went: readonly LoadedPart[],
  membersOf: (part: LoadedPart) => ReadonlyMap<string, Loaded<Source>>,
  cells: ReadonlyMap<string, { readonly loaded: Loaded<Source> | undefined }>,
): Map<string, Loaded<Source> | undefined> {
  const changed = new Map<string, Loaded<Source> | undefined>()
  const seen = new Set<string>()
  for (const part of came) {
    for (const [key, loaded] of membersOf(part)) {
      if (went.length > 0) seen.add(key)
      const held = cells.get(key)?.loaded
      if (held === undefined || !isSame(held, loaded)) changed.set(key, loaded)
      else move(held, loaded)
    }
  }
  for (const part of went) {
    for (const key of membersOf(part).keys()) if (!seen.has(key)) changed.set(key, undefined)
  }
  return changed
}

/** In the one form of the publisher the same bytes are all there is to compare; others may have written otherwise. */
function isSame<Source>(a: Loaded<Source>, b: Loaded<Source>): boolean {
  return equalBytes(bytesOf(a), bytesOf(b)) || sameJson(lookAt(a).source, lookAt(b).source)
}

function relink<Source>(
  readers: Readers,
  kind: keyof Keys,
  changed: ReadonlyMap<string, Loaded<Source> | undefined>,
  cells: ReadonlyMap<string, { readonly loaded: Loaded<Source> | undefined }>,
): void {
  for (const [key, loaded] of changed) {
    const before = needsOf(cells.get(key)?.loaded)
    const now = needsOf(loaded)
    if (before !== undefined) readers.remove(kind, key, before)
    if (now !== undefined) readers.add(kind, key, now)
  }
}

function needsOf(loaded: Loaded<unknown> | undefined): Needs | undefined {
  return loaded?.reads === true ? lookAt(loaded).needs : undefined
}

function difference(a: ReadonlySet<string>, b: ReadonlySet<string>): string[] {
  return [...a].filter(key => !b.has(key))
}

/** A cell as it was then: as it is now, unless it was replaced since. */
function held<Cell>(then: Link, kind: keyof Replaced, key: string, now: Cell): Cell {
  for (let at = then.next; at !== undefined; at = at.moment.next) {
    if (at.replaced[kind].has(key)) return at.replaced[kind].get(key) as Cell
  }
  return now
}

/** Those of today, and then back through what was replaced, the latest first. */
function allFlags(then: Link, now: ReadonlyMap<string, FlagCell>): ReadonlyMap<string, FlagCell | undefined> {
  if (then.next === undefined) return now
  const past: Replaced[] = []
  for (let at: Link['next'] = then.next; at !== undefined; at = at.moment.next) past.push(at.replaced)
  const cells = new Map<string, FlagCell | undefined>(now)
  for (const { flags } of past.reverse()) for (const [key, cell] of flags) cells.set(key, cell)
  return cells
}
