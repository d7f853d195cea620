import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fits, layoutArms, sizeOf } from '../../../src/publisher/layout/arms.ts'
import { weightsOf } from '../../../src/publisher/layout/weights.ts'
import type { Layout } from '../../../src/publisher/workspace/types.ts'

const NAMES = ['a', 'b', 'c', 'd']
const weights = fc
  .uniqueArray(fc.constantFrom(...NAMES), { minLength: 1 })
  .chain(names =>
    fc.tuple(
      fc.constant(names),
      fc.array(fc.nat(1000), { minLength: names.length, maxLength: names.length }),
      fc.nat(1000),
    ),
  )
  .map(([names, parts, rest]) => {
    const sum = parts.reduce((a, b) => a + b, rest) || 1
    return new Map(names.map((name, i) => [name, Math.floor((parts[i]! * 100_000) / sum)]))
  })

const armAt = (layout: Layout, bucket: number) =>
  Object.keys(layout).find(name => layout[name]!.some(([from, to]) => from <= bucket && bucket < to))

/** By looking at each bucket between two borders. */
function movedBetween(before: Layout, after: Layout): number {
  const borders = [...new Set([0, 100_000, ...[before, after].flatMap(one => Object.values(one).flat().flat())])].sort(
    (a, b) => a - b,
  )
  let moved = 0
  for (let i = 1; i < borders.length; i++) {
    if (armAt(before, borders[i - 1]!) !== armAt(after, borders[i - 1]!)) moved += borders[i]! - borders[i - 1]!
  }
  return moved
}

function leastBetween(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): number {
  const rest = (all: ReadonlyMap<string, number>) => 100_000 - [...all.values()].reduce((a, b) => a + b, 0)
  const names = new Set([...before.keys(), ...after.keys()])
  let sum = Math.abs(rest(before) - rest(after))
  for (const name of names) sum += Math.abs((before.get(name) ?? 0) - (after.get(name) ?? 0))
  return sum / 2
}

describe('the layout of arms', () => {
  it('moves exactly half the sum of what the weights change, through any history', () => {
    fc.assert(
      fc.property(fc.array(weights, { minLength: 1, maxLength: 6 }), history => {
        let layout: Layout = {}
        let before: ReadonlyMap<string, number> = new Map()
        for (const next of history) {
          const laid = layoutArms(next, layout)
          expect(fits(laid, next)).toBe(true)
          expect(movedBetween(layout, laid)).toBe(leastBetween(before, next))
          layout = laid
          before = next
        }
      }),
    )
  })

  it('moves nobody where nothing changes', () => {
    const layout = { a: [[10, 20] as const, [50, 100_000] as const], b: [[20, 50] as const] }
    expect(
      layoutArms(
        new Map([
          ['b', 30],
          ['a', 99_960],
        ]),
        layout,
      ),
    ).toEqual({ b: [[20, 50]], a: layout.a })
  })

  it('keeps one arm at the low end', () => {
    let layout: Layout = {}
    for (const weight of [10_000, 25_000, 5_000, 100_000, 0, 1]) {
      layout = layoutArms(new Map([['on', weight]]), layout)
      expect(layout).toEqual({ on: weight === 0 ? [] : [[0, weight]] })
    }
  })

  it('fits only weights of its own, without overlap', () => {
    expect(
      fits(
        { a: [[0, 10]], b: [[10, 30]] },
        new Map([
          ['a', 10],
          ['b', 20],
        ]),
      ),
    ).toBe(true)
    expect(
      fits(
        { a: [[0, 10]], b: [[5, 25]] },
        new Map([
          ['a', 10],
          ['b', 20],
        ]),
      ),
    ).toBe(false)
    expect(fits({ a: [[0, 10]] }, new Map([['b', 10]]))).toBe(false)
    expect(fits({ a: [[0, 10]] }, new Map([['a', 11]]))).toBe(false)
  })
})

describe('weights', () => {
  it('keep their sum when a share cuts them', () => {
    expect([...weightsOf({ a: 33.333, b: 33.333, c: 33.334 }).values()]).toEqual([33_333, 33_333, 33_334])
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 25_000 }), { minLength: 4, maxLength: 4 }),
        fc.nat(100_000),
        (parts, share) => {
          const arms = Object.fromEntries(parts.map((part, i) => [NAMES[i]!, part / 1000]))
          const cut = weightsOf(arms, share / 1000)
          const sum = parts.reduce((a, b) => a + b, 0)
          expect([...cut.values()].reduce((a, b) => a + b, 0)).toBe(Math.round((sum * share) / 100_000))
          for (const [i, part] of parts.entries()) {
            expect(Math.abs(cut.get(NAMES[i]!)! - (part * share) / 100_000)).toBeLessThan(1.5)
          }
        },
      ),
    )
    expect(
      sizeOf([
        [0, 5],
        [7, 9],
      ]),
    ).toBe(7)
  })
})
