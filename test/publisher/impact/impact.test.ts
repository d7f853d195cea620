import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { unitInBucket } from '../../../src/publisher/flagtests/unit.ts'
import { impactOf } from '../../../src/publisher/impact/impact.ts'
import { futureTransitions } from '../../../src/publisher/impact/transitions.ts'
import type { PlainRules } from '../../../src/publisher/rules.ts'
import type { Condition, Flag, Outcome, Rule, Segment } from '../../../src/rules/types.ts'
import { loadUnsignedRules } from '../../../src/rules/unsigned.ts'

const NOW = Date.parse('2026-12-02T00:00:00Z')

const flag = (rules: Rule[], otherwise: Outcome = { serve: 0 }, more: Partial<Flag> = {}): Flag => ({
  on: true,
  type: 'string',
  variants: [
    ['a', 'A'],
    ['b', 'B'],
    ['c', 'C'],
  ],
  off: 0,
  salt: 's',
  rules,
  otherwise,
  ...more,
})
const rulesOf = (one: Flag, segments: Record<string, Segment> = {}): PlainRules => ({ flags: { f: one }, segments })
const split = (arms: [number, number, number][], rest: 'next' | 'fallback' | number = 'next', salt = 's'): Outcome => ({
  split: { by: 'u', salt, arms, rest },
})
const rule = (id: string, when: Condition, then: Outcome): Rule => ({ id, when, then })
const everyone: Condition = { all: [] }
const impact = (before: Flag, after: Flag) => impactOf(rulesOf(before), rulesOf(after), NOW)[0]

describe('the impact of a change', () => {
  it('is what a rollout grows by', () => {
    expect(
      impact(
        flag([rule('r', everyone, split([[0, 10_000, 1]]))]),
        flag([rule('r', everyone, split([[0, 25_000, 1]]))]),
      ),
    ).toEqual({
      flag_key: 'f',
      moved: '15',
      minimum: '15',
      audiences: [
        {
          rules: [],
          moved: '15',
          minimum: '15',
          before: [
            { variant: 'a', percent: '90' },
            { variant: 'b', percent: '10' },
          ],
          after: [
            { variant: 'a', percent: '75' },
            { variant: 'b', percent: '25' },
          ],
        },
      ],
      readers: [],
    })
  })

  it('shows what moves beyond the minimum', () => {
    const before = flag(
      [],
      split(
        [
          [0, 50_000, 0],
          [50_000, 100_000, 1],
        ],
        0,
      ),
    )
    const after = flag(
      [],
      split(
        [
          [0, 40_000, 1],
          [40_000, 100_000, 0],
        ],
        0,
      ),
    )
    expect(impact(before, after)).toMatchObject({ moved: '90', minimum: '10' })
    expect(
      impact(
        before,
        flag(
          [],
          split(
            [
              [0, 50_000, 0],
              [50_000, 100_000, 1],
            ],
            0,
            'other',
          ),
        ),
      ),
    ).toMatchObject({
      moved: '50',
      minimum: '0',
    })
  })

  it('multiplies axes exactly', () => {
    const slot = (to: number): Condition => ({ bucket: { by: 'u', salt: 'layer', from: 0, to } })
    const before = flag([
      rule(
        'e',
        { all: [slot(33_333), { not: { bucket: { by: 'u', salt: 'hold', from: 0, to: 5_000 } } }] },
        split([[0, 100_000, 1]]),
      ),
    ])
    const after = flag([rule('e', slot(33_333), split([[0, 100_000, 1]]))])
    expect(impact(before, after)).toMatchObject({ moved: '1.66665', minimum: '1.66665' })
  })

  it('tells audiences apart by the rules that they meet', () => {
    const staff: Condition = { segment: 'staff' }
    const dutch: Condition = { attr: 'country', in: ['NL'] }
    const before = flag([rule('staff', staff, { serve: 1 }), rule('nl', dutch, split([[0, 10_000, 1]]))])
    const after = flag([rule('staff', staff, { serve: 1 }), rule('nl', dutch, split([[0, 30_000, 1]]))])
    const found = impactOf(rulesOf(before, { staff: { when: dutch } }), rulesOf(after, { staff: { when: dutch } }), NOW)
    expect(found[0]!.audiences.map(one => [one.rules, one.moved])).toEqual([[['nl'], '20']])
  })

  it('sees a changed segment through the flags that read it', () => {
    const one = flag([rule('staff', { segment: 'staff' }, { serve: 1 })])
    const before = rulesOf(one, { staff: { by: 'u', include: ['x'] } })
    const after = rulesOf(one, { staff: { by: 'u', include: ['x', 'y'] } })
    expect(impactOf(before, after, NOW)).toMatchObject([{ flag_key: 'f', moved: '100' }])
    expect(impactOf(before, before, NOW)).toEqual([])
  })

  it('names the flags that read the changed one', () => {
    const flags = {
      f: flag([], { serve: 1 }),
      g: flag([rule('r', { segment: 's' }, { serve: 1 })]),
      h: flag([], { serve: 0 }, { requires: [{ flag: 'g', is: ['b'] }] }),
      constructor: flag([], { serve: 2 }),
    }
    const segments = { s: { when: { flag: 'f', is: ['b'] } } }
    const after = { flags: { ...flags, f: flag([], { serve: 2 }) }, segments }
    expect(impactOf({ flags, segments }, after, NOW)).toMatchObject([
      { flag_key: 'f', moved: '100', readers: ['g', 'h'] },
    ])
  })

  it('decides time conditions at the time given', () => {
    const ramp = (to: number) =>
      flag([
        rule('r.1', { until: '2026-12-08T00:00:00Z' }, split([[0, 5_000, 1]])),
        rule('r.2', { from: '2026-12-08T00:00:00Z' }, split([[0, to, 1]])),
      ])
    expect(impact(ramp(50_000), ramp(60_000))).toBeUndefined()
    const later = impactOf(rulesOf(ramp(50_000)), rulesOf(ramp(60_000)), Date.parse('2026-12-08T00:00:00Z'))
    expect(later).toMatchObject([{ moved: '10' }])
  })

  it('counts a value that changes as a move of those who get it', () => {
    const before = flag([], split([[0, 20_000, 1]], 0))
    expect(
      impact(before, {
        ...before,
        variants: [
          ['a', 'A'],
          ['b', 'other'],
          ['c', 'C'],
        ],
      }),
    ).toMatchObject({ moved: '20', minimum: '20' })
    expect(impact(before, { ...before, on: false })).toMatchObject({ moved: '20' })
  })

  it('agrees with the engine on every bucket range', () => {
    const arms = fc.uniqueArray(fc.nat(100_000), { minLength: 2, maxLength: 6 }).map(borders => {
      const sorted = [...borders].sort((a, b) => a - b)
      return sorted.slice(1).map((to, i): [number, number, number] => [sorted[i]!, to, (i * 2 + to) % 3])
    })
    const outcome = fc.oneof(
      fc.record({ serve: fc.nat(2) }),
      fc
        .tuple(arms, fc.constantFrom<'next' | 'fallback' | number>('next', 'fallback', 2))
        .map(([one, rest]) => split(one, rest)),
    )
    const condition = fc.constantFrom<Condition>(
      everyone,
      { attr: 'c', eq: 'x' },
      { not: { attr: 'c', eq: 'x' } },
      { attr: 'c', in: ['x', 'z'] },
      {
        any: [
          { attr: 'c', eq: 'x' },
          { attr: 'c', eq: 'y' },
        ],
      },
    )
    const flags = fc.tuple(fc.array(fc.tuple(condition, outcome), { maxLength: 3 }), outcome).map(([rules, last]) =>
      flag(
        rules.map(([when, then], i) => rule(`r${i}`, when, then)),
        last,
      ),
    )
    fc.assert(
      fc.property(flags, flags, (before, after) => {
        const engines = [before, after].map(one => loadUnsignedRules(rulesOf(one), { now: () => NOW }).flags)
        let most = 0
        const borders = new Set([0, 100_000])
        for (const one of [before, after]) {
          for (const then of [...one.rules.map(({ then }) => then), one.otherwise]) {
            if ('split' in then) for (const [from, to] of then.split.arms) borders.add(from).add(to)
          }
        }
        const sorted = [...borders].sort((a, b) => a - b)
        for (const c of ['x', 'y', 'z', 'w']) {
          let moved = 0
          for (let i = 1; i < sorted.length; i++) {
            const context = { c, u: unitInBucket('s', sorted[i - 1]!) }
            if (engines[0]!.variant('f', context) !== engines[1]!.variant('f', context))
              moved += sorted[i]! - sorted[i - 1]!
          }
          most = Math.max(most, moved)
        }
        expect(Number(impact(before, after)?.moved ?? 0)).toBe(most / 1000)
      }),
      { numRuns: 150 },
    )
  })
})

describe('future transitions', () => {
  it('are the steps of ramps and windows that move anyone', () => {
    const at = (day: number) => `2026-12-0${day}T09:00:00Z`
    const ramp = flag([
      rule('r.1', { all: [{ attr: 'c', eq: 'x' }, { from: at(1) }, { until: at(3) }] }, split([[0, 5_000, 1]])),
      rule('r.2', { all: [{ attr: 'c', eq: 'x' }, { from: at(3) }, { until: at(5) }] }, split([[0, 100_000, 1]])),
      rule('late', { from: at(6) }, { serve: 0 }),
    ])
    expect(futureTransitions(rulesOf(ramp), NOW)).toEqual([
      { flag_key: 'f', at: at(3), moved: '95', summary: 'r.1, r.2: b 5% -> 100%' },
      { flag_key: 'f', at: at(5), moved: '100', summary: 'r.2: a 0% -> 100%' },
    ])
  })

  it('see times inside segments', () => {
    const one = flag([rule('r', { segment: 's' }, { serve: 1 })])
    const segments = { s: { when: { from: '2026-12-24T00:00:00Z' } } }
    expect(futureTransitions(rulesOf(one, segments), NOW)).toMatchObject([{ at: '2026-12-24T00:00:00Z', moved: '100' }])
  })
})
