import { expect, it } from 'vitest'
import type { Condition } from '../../src/rules/types.ts'
import { loadUnsignedRules } from '../../src/rules/unsigned.ts'
import { boolean } from './boolean.ts'

const at = (second: number) => `1970-01-01T00:00:${String(second).padStart(2, '0')}Z`
const flag = (when: object) =>
  boolean({ rules: [{ id: 'r', when: when as Condition, then: { serve: 1 } }], otherwise: { serve: 0 } })
const RULES = JSON.stringify({
  flags: {
    own: flag({ all: [{ from: at(20) }, { not: { until: at(30) } }, { from: at(10) }] }),
    reader: flag({ flag: 'own', is: ['on'] }),
    member: flag({ segment: 's' }),
    listed: flag({ segment: 'list' }),
    still: flag({ attr: 'from', eq: at(20) }),
    off: { ...flag({ from: at(20) }), on: false },
    stopped: flag({ from: at(20) }),
  },
  segments: { s: { when: { from: at(40) } }, list: { by: 'id', include: ['x'] } },
})

it('tells each moment still to come once, earliest first, for who reads it himself or through others', () => {
  const { flags } = loadUnsignedRules(RULES, { now: () => 10_000, stops: [{ flag: 'stopped', version: 1 }] })
  expect(flags.transitions()).toEqual([
    { flag: 'own', at: at(20) },
    { flag: 'reader', at: at(20) },
    { flag: 'own', at: at(30) },
    { flag: 'reader', at: at(30) },
    { flag: 'member', at: at(40) },
  ])
})

it('asks for the time where only a flag that is read looks at it', () => {
  let now = 39_000
  const { flags } = loadUnsignedRules(RULES, { now: () => now })
  const seen = () => ['reader', 'member'].map(key => flags.isEnabled(key, {}))
  expect(seen()).toEqual([true, false])
  now = 40_000
  expect(seen()).toEqual([true, true])
})

it('takes a fallback of the type of the value only', () => {
  const number = {
    ...flag({ all: [] }),
    type: 'number',
    variants: [
      ['a', 1.5],
      ['b', 2.5],
    ],
  }
  const { flags } = loadUnsignedRules(JSON.stringify({ flags: { number } }), { now: () => 0 })
  expect(flags.value('number', {}, 0)).toBe(2.5)
  expect(flags.explain('number', {}, 'x')).toMatchObject({ value: 'x', reason: 'ERROR', code: 'type_mismatch' })
})
