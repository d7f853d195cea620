import { expect, it } from 'vitest'
import { utf8 } from '../../src/base/bytes.ts'
import type { FlagCell } from '../../src/rules/cell.ts'
import { changingState } from '../../src/rules/changing.ts'
import { type LoadedPart, loadPart } from '../../src/rules/load.ts'
import { lookAt } from '../../src/rules/loaded.ts'

import type { State } from '../../src/rules/state.ts'
import { boolean } from './boolean.ts'

const IN_PART = 157
const FLAG = boolean()
const keysOf = (part: number) => Array.from({ length: IN_PART }, (_, i) => `p${part}-${i}`)
/** Those in force now, as long as nothing else is applied: the very map. */
const cellsOf = (state: State) => state.now().flags() as ReadonlyMap<string, FlagCell>
const load = (part: number, more: object = {}) =>
  loadPart(utf8(JSON.stringify({ flags: { ...Object.fromEntries(keysOf(part).map(key => [key, FLAG])), ...more } })))

/** Adds to `seen` each key that is looked at in the map, or come upon on a walk through it. */
function watch<Value>(map: ReadonlyMap<string, Value>, seen: string[]): void {
  const real = new Map(map)
  const one =
    (act: (key: string, value: Value) => unknown) =>
    (key: string, value: Value): unknown => {
      seen.push(key)
      return act(key, value)
    }
  function* walk<Item>(give: (key: string, value: Value) => Item): Generator<Item> {
    for (const [key, value] of real) {
      seen.push(key)
      yield give(key, value)
    }
  }
  Object.assign(map, {
    get: one(key => real.get(key)),
    has: one(key => real.has(key)),
    set: one((key, value) => real.set(key, value)),
    delete: one(key => real.delete(key)),
    forEach(see: (value: Value, key: string) => void) {
      for (const [key, value] of walk((...pair) => pair)) see(value, key)
    },
    keys: () => walk(key => key),
    values: () => walk((_, value) => value),
    entries: () => walk((key, value) => [key, value]),
    [Symbol.iterator]: () => walk((key, value) => [key, value]),
  })
}

/** Which keys one changed flag in part 3 makes `apply` look at: in the parts, and among the cells. */
function lookedAt(count: number) {
  const reader = { reader: { ...FLAG, requires: [{ flag: 'p3-5', is: ['on'] }] } }
  const parts = Array.from({ length: count }, (_, part) => load(part, part === 7 ? reader : {}))
  const state = changingState()
  const set = (now: readonly LoadedPart[]) => ({ parts: now, stops: [], window: null, info: null })
  state.apply(set(parts))
  const changed = load(3, { 'p3-5': { ...FLAG, on: false } })
  const inParts: string[] = []
  const cells: string[] = []
  for (const part of [...parts, changed]) watch(part.flags, inParts)
  watch(cellsOf(state), cells)
  const touched = state.apply(set(parts.with(3, changed)))
  return { touched, inParts, cells }
}

it('a change looks at the flags of the part that changed and at who reads them, however many others there are', () => {
  const few = lookedAt(64)
  expect(few.touched).toEqual(['p3-5', 'reader'])
  expect(new Set(few.inParts)).toEqual(new Set(keysOf(3)))
  // Once in the part that came and once in the one that went.
  expect(few.inParts.length).toBe(2 * IN_PART)
  expect(new Set(few.cells)).toEqual(new Set([...keysOf(3), 'reader']))
  expect(few.cells.length).toBeLessThan(2 * IN_PART)

  const many = lookedAt(640)
  expect(many).toEqual(few)
})

it('flags that stay let go of the part that they came in', () => {
  const state = changingState()
  const versions = keysOf(0)
    .slice(0, 20)
    .map(key => load(0, { [key]: { ...FLAG, on: false } }))
  for (const part of versions) state.apply({ parts: [part], stops: [], window: null, info: null })
  const [newest] = [...versions.at(-1)!.flags.values()]
  expect(new Set([...cellsOf(state).values()].map(cell => cell.loaded!.part))).toEqual(new Set([newest!.part]))
  // What was looked at is not looked at again for standing elsewhere.
  const before = lookAt(cellsOf(state).get('p0-50')!.loaded!)
  const next = load(0)
  state.apply({ parts: [next], stops: [], window: null, info: null })
  expect(next.flags.get('p0-50')!.found).toBe(before)
})
