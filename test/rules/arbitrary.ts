import fc from 'fast-check'
import type { Condition, Flag, Outcome, Part } from '../../src/rules/types.ts'

// Small alphabets, so that rules and contexts meet.
const name = fc.constantFrom('a', 'b', 'id')
const scalar = fc.oneof(fc.constantFrom('x', 'y', 'xy', ''), fc.constantFrom(0, 1, 2.5), fc.boolean())
const time = fc.constantFrom('1970-01-01T00:00:00Z', '1970-01-01T00:00:10Z', '1970-01-01T00:01:00Z')
const is = fc.constantFrom(['on'], ['off'], ['on', 'off'], ['never'])
const edges = fc.uniqueArray(fc.integer({ min: 0, max: 100_000 }), { minLength: 2, maxLength: 4 })
const sorted = edges.map(list => list.sort((a, b) => a - b))
const KEYS = 5

/** Flags and segments read only what comes after them. */
function condition(after: number): fc.Arbitrary<Condition> {
  const comparison = fc.oneof(
    fc.record({ attr: name, eq: scalar }),
    fc.record({ attr: name, in: fc.array(scalar, { maxLength: 3 }) }),
    fc.record({ attr: name, has: fc.array(scalar, { maxLength: 3 }) }),
    fc.record({ attr: name, gte: fc.constantFrom(0, 1) }),
    fc.record({ attr: name, startsWith: fc.constantFrom(['x'], ['y', 'x'], []) }),
    fc.record({ attr: name, exists: fc.boolean() }),
    fc.record({ from: time }),
    fc.record({ until: time }),
    sorted.map(([from, to]) => ({ bucket: { by: 'id', salt: 'layer', from: from!, to: to! } })),
  )
  const later = Array.from({ length: KEYS - after - 1 }, (_, i) => after + 1 + i)
  const read = fc.oneof(
    fc.record({ flag: fc.constantFrom('missing', ...later.map(i => `f${i}`)), is }),
    later.length === 0 ? comparison : fc.record({ segment: fc.constantFrom(...later.map(i => `s${i}`)) }),
  )
  return fc.letrec<{ node: Condition }>(tie => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      comparison,
      read,
      fc.record({ all: fc.array(tie('node'), { maxLength: 6 }) }),
      fc.record({ any: fc.array(tie('node'), { maxLength: 6 }) }),
      fc.record({ not: tie('node') }),
      fc.record({ assume: fc.boolean(), of: tie('node') }),
    ),
  })).node as fc.Arbitrary<Condition>
}

const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  fc.record({ serve: fc.constantFrom(0, 1) }),
  fc.constant({ fallback: true as const }),
  fc.tuple(sorted, fc.constantFrom(0, 1, 'next' as const, 'fallback' as const)).map(([cuts, rest]) => ({
    split: { by: 'id', salt: 'split', arms: cuts.slice(1).map((to, i) => [cuts[i]!, to, i % 2] as const), rest },
  })),
)

function flag(index: number): fc.Arbitrary<Flag> {
  const rule = fc.record({ id: fc.constantFrom('r1', 'r2'), when: condition(index), then: outcome })
  const requirement = fc.record({ flag: fc.constantFrom('missing', `f${Math.min(index + 1, KEYS)}`), is })
  return fc.record({
    on: fc.boolean().map(off => !off || index % 2 === 0),
    type: fc.constant('boolean' as const),
    variants: fc.constant([
      ['off', false],
      ['on', true],
    ] as const),
    off: fc.constant(0),
    salt: fc.constant('s'),
    requires: fc.array(requirement, { maxLength: 1 }),
    rules: fc.array(rule, { maxLength: 3 }),
    otherwise: outcome,
  })
}

const indexes = Array.from({ length: KEYS }, (_, i) => i)

export const part: fc.Arbitrary<Part> = fc.record({
  flags: fc.record(Object.fromEntries(indexes.map(i => [`f${i}`, flag(i)]))),
  segments: fc.record(
    Object.fromEntries(
      indexes.map(i => [
        `s${i}`,
        fc.record(
          {
            by: fc.constant('id'),
            include: fc.array(scalar, { maxLength: 2 }),
            exclude: fc.array(scalar, { maxLength: 2 }),
            when: condition(i),
          },
          { requiredKeys: ['by'] },
        ),
      ]),
    ),
  ),
})

export const context: fc.Arbitrary<Record<string, unknown>> = fc.record(
  {
    a: fc.oneof(scalar, fc.array(scalar, { maxLength: 2 })),
    b: scalar,
    id: fc.oneof(fc.constantFrom('x', '', '\u00e9', 'user-1'), fc.integer({ min: -9, max: 9 }), fc.string()),
  },
  { requiredKeys: [] },
)

export const stops = fc.subarray(['missing', ...indexes.map(i => `f${i}`)], { maxLength: 2 })
export const now = fc.constantFrom(0, 9_999, 10_000, 59_999, 60_000)
export const KEYS_OF_PART = ['missing', ...indexes.map(i => `f${i}`)]
