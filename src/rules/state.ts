import { equalBytes } from '../base/bytes.ts'
import { sameJson } from '../base/samejson.ts'
import { type Cells, type FlagCell, flagCell, type SegmentCell, segmentCell } from './cell.ts'
import type { RuleSet } from './engine.ts'
import type { ReleaseInfo } from './flags.ts'
import type { LoadedPart } from './load.ts'
import { bytesOf, type Loaded, lookAt, move, type Needs } from './loaded.ts'
import { createReaders, type Keys, keys, type Readers } from './readers.ts'

/**
 * What a view holds on to. When the next rule set comes, the cells that it replaces are kept in the snapshot that
 * ends, and only there: nobody who holds no old snapshot pays for it.
 */
export interface Snapshot {
  /** Whether there was a rule set yet. */
  readonly ready: boolean
  readonly window: RuleSet['window']
  readonly info: ReleaseInfo | null
  next: { readonly replaced: Replaced; readonly snapshot: Snapshot } | undefined
}

interface Replaced {
  /** Undefined: was not there. */
  readonly flags: ReadonlyMap<string, FlagCell | undefined>
  readonly segments: ReadonlyMap<string, SegmentCell | undefined>
}

/** The cells in force, changed in place so that one change costs the same in a hundred flags as in a hundred thousand. */
export interface State extends Cells {
  readonly flags: ReadonlyMap<string, FlagCell>
  /** Those that were asked for, by the very strings that ask: found again without comparing a letter. */
  readonly used: ReadonlyMap<string, FlagCell>
  /** Finds a flag that is not in `used`, and puts it there. */
  use(key: string): FlagCell | undefined
  parts(): readonly LoadedPart[]
  snapshot(): Snapshot
  /** Nothing in here throws halfway or waits, so no reader sees a half of it. Gives the keys that it touched. */
  apply(set: RuleSet): readonly string[]
  copy(): State
}

interface Start {
  readonly flags: Map<string, FlagCell>
  readonly segments: Map<string, SegmentCell>
  readonly readers: Readers
  readonly parts: readonly LoadedPart[]
  readonly stops: ReadonlySet<string>
  readonly snapshot: Snapshot
}

export function emptyState(): State {
  return createState({
    flags: new Map(),
    segments: new Map(),
    readers: createReaders(),
    parts: [],
    stops: new Set(),
    snapshot: { ready: false, window: null, info: null, next: undefined },
  })
}

function createState({ flags, segments, readers, ...start }: Start): State {
  let { parts, stops, snapshot } = start
  const used = new Map<string, FlagCell>()

  function apply(set: RuleSet): readonly string[] {
    const came = partsOnlyIn(set.parts, parts)
    const went = partsOnlyIn(parts, set.parts)
    const changedFlags = changes(came, went, part => part.flags, flags)
    const changedSegments = changes(came, went, part => part.segments, segments)
    relink(readers, 'flags', changedFlags, flags)
    relink(readers, 'segments', changedSegments, segments)

    const stopsNow = new Set(set.stops.map(stop => stop.flag))
    const start = keys(changedFlags.keys(), changedSegments.keys())
    for (const stop of [...difference(stops, stopsNow), ...difference(stopsNow, stops)]) start.flags.add(stop)
    const touched = readers.reach(start)
    const next: Snapshot = { ready: true, window: set.window, info: set.info, next: undefined }
    const replaced = replace(touched, changedFlags, changedSegments, stopsNow)
    if (snapshot.ready) snapshot.next = { replaced, snapshot: next }
    snapshot = next
    parts = [...set.parts]
    stops = stopsNow
    return [...touched.flags]
  }

  function replace(
    touched: Keys,
    changedFlags: Changes<LoadedPart['flags']>,
    changedSegments: Changes<LoadedPart['segments']>,
    stopsNow: ReadonlySet<string>,
  ): Replaced {
    const replaced = {
      flags: new Map<string, FlagCell | undefined>(),
      segments: new Map<string, SegmentCell | undefined>(),
    }
    const stopped = readers.reach(keys(stopsNow, [])).flags
    for (const key of touched.segments) {
      const old = segments.get(key)
      const loaded = changedSegments.has(key) ? changedSegments.get(key) : old?.loaded
      if (snapshot.ready) replaced.segments.set(key, old)
      if (loaded === undefined) segments.delete(key)
      else segments.set(key, segmentCell(key, loaded))
    }
    for (const key of touched.flags) {
      const old = flags.get(key)
      const loaded = changedFlags.has(key) ? changedFlags.get(key) : old?.loaded
      const stop = stopsNow.has(key) ? 'named' : stopped.has(key) ? 'read' : undefined
      if (snapshot.ready) replaced.flags.set(key, old)
      used.delete(key)
      if (loaded === undefined && stop !== 'named') flags.delete(key)
      else flags.set(key, flagCell(key, loaded, stop))
    }
    return replaced
  }

  return {
    flags,
    used,
    use(key) {
      const cell = flags.get(key)
      if (cell !== undefined) used.set(key, cell)
      return cell
    },
    flag: key => flags.get(key),
    segment: key => segments.get(key),
    parts: () => parts,
    snapshot: () => snapshot,
    apply,
    copy: () =>
      createState({
        flags: new Map(flags),
        segments: new Map(segments),
        readers: readers.copy(),
        parts,
        stops,
        snapshot: { ...snapshot, next: undefined },
      }),
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

/** The cells of a snapshot, whatever was applied since. */
export function cellsOf(state: State, snapshot: Snapshot): Cells {
  const find = <Cell>(kind: keyof Replaced, key: string, now: Cell): Cell => {
    for (let at = snapshot.next; at !== undefined; at = at.snapshot.next) {
      if (at.replaced[kind].has(key)) return at.replaced[kind].get(key) as Cell
    }
    return now
  }
  return {
    flag: key => find('flags', key, state.flag(key)),
    segment: key => find('segments', key, state.segment(key)),
  }
}

/** All flag cells of a snapshot: those of today, and then back through what was replaced, the latest first. */
export function allFlags(state: State, snapshot: Snapshot): ReadonlyMap<string, FlagCell | undefined> {
  if (snapshot.next === undefined) return state.flags
  const past: Replaced[] = []
  for (let at: Snapshot['next'] = snapshot.next; at !== undefined; at = at.snapshot.next) past.push(at.replaced)
  const cells = new Map<string, FlagCell | undefined>(state.flags)
  for (const { flags } of past.reverse()) for (const [key, cell] of flags) cells.set(key, cell)
  return cells
}
