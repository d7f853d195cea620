import { describe, expect, it } from 'vitest'
import { diffRules } from '../../../src/publisher/diff/diff.ts'
import { NO_RULES } from '../../../src/publisher/rules.ts'
import type { Flag } from '../../../src/rules/types.ts'

const FLAG: Flag = {
  on: true,
  type: 'string',
  variants: [
    ['a', 'A'],
    ['b', 'B'],
  ],
  off: 0,
  salt: 's',
  rules: [
    { id: 'qa', when: { attr: 'u', in: ['1', '2'] }, then: { serve: 1 } },
    {
      id: 'r.1',
      when: { all: [{ attr: 'c', eq: 'NL' }, { from: '2026-12-01T00:00:00Z' }] },
      then: { split: { by: 'u', salt: 's', arms: [[0, 10_000, 1]], rest: 'next' } },
    },
  ],
  otherwise: { serve: 0 },
  meta: { owner: 'me', risk: 'low' },
}
const [qa, ramp] = FLAG.rules as [Flag['rules'][0], Flag['rules'][0]]
const rules = (flag: Flag) => ({ flags: { f: flag }, segments: {} })
const changes = (after: Flag, before = FLAG) =>
  diffRules(rules(before), rules(after)).map(one => `${one.action}: ${one.summary}`)

describe('the semantic difference', () => {
  it('is empty between equals', () => {
    expect(diffRules(rules(FLAG), rules(structuredClone(FLAG)))).toEqual([])
  })

  it('says created and deleted with the whole state', () => {
    const { meta: _, ...state } = FLAG
    expect(diffRules(NO_RULES, rules(FLAG))).toEqual([
      { action: 'create', flag_key: 'f', previous_state: null, new_state: state, summary: 'created, on' },
    ])
    expect(diffRules(rules(FLAG), NO_RULES)).toEqual([
      { action: 'delete', flag_key: 'f', previous_state: state, new_state: null, summary: 'deleted' },
    ])
  })

  it.each<[string, Flag, string[]]>([
    ['toggle', { ...FLAG, on: false }, ['toggle: on -> off']],
    [
      'rollout',
      {
        ...FLAG,
        rules: [qa, { ...ramp, then: { split: { by: 'u', salt: 's', arms: [[0, 25_000, 1]], rest: 'next' } } }],
      },
      ['rollout: r.1: b 10% -> 25%'],
    ],
    [
      'the time of a step',
      { ...FLAG, rules: [qa, { ...ramp, when: { all: [{ attr: 'c', eq: 'NL' }, { from: '2026-12-05T00:00:00Z' }] } }] },
      ['rollout: r.1: from 2026-12-01T00:00:00Z -> from 2026-12-05T00:00:00Z'],
    ],
    [
      'a further step',
      { ...FLAG, rules: [...FLAG.rules, { ...ramp, id: 'r.2' }] },
      ['rollout: r.2 added: c is NL and from 2026-12-01T00:00:00Z: b 10% by u, others go on'],
    ],
    [
      'who is meant',
      { ...FLAG, rules: [{ ...qa, when: { attr: 'u', in: ['1'] } }, ramp] },
      ['target: qa: u in [1, 2] -> u in [1]'],
    ],
    ['what a rule serves', { ...FLAG, rules: [{ ...qa, then: { serve: 0 } }, ramp] }, ['rollout: qa: b -> a']],
    ['a rule less', { ...FLAG, rules: [ramp] }, ['target: qa removed: u in [1, 2]: b']],
    ['the order', { ...FLAG, rules: [ramp, qa] }, ['target: order of rules']],
    [
      'a value',
      {
        ...FLAG,
        variants: [
          ['a', 'A'],
          ['b', 'C'],
          ['c', 'C'],
        ],
      },
      ['value: b "B" -> "C"; c added'],
    ],
    ['off', { ...FLAG, off: 1 }, ['value: off: a -> b']],
    ['everyone else', { ...FLAG, otherwise: { serve: 1 } }, ['rollout: everyone else: a -> b']],
    ['requirements', { ...FLAG, requires: [{ flag: 'g', is: ['on'] }] }, ['target: requires nothing -> flag g is on']],
    ['a salt', { ...FLAG, salt: 't' }, ['rollout: the salt of the flag']],
    ['what it is', { ...FLAG, meta: { owner: 'you', risk: 'low' } }, ['describe: owner me -> you']],
    [
      'archive',
      { ...FLAG, on: false, rules: [], meta: { owner: 'me', risk: 'low', archived: '2026-11-21' } },
      ['archive: archived, serves a'],
    ],
  ])('%s', (_, after, expected) => {
    expect(changes(after)).toEqual(expected)
  })

  it('says of a segment how many came and went, and no name', () => {
    const before = { flags: {}, segments: { s: { by: 'u', include: ['ann', 'bob'] } } }
    const after = {
      flags: {},
      segments: { s: { by: 'u', include: ['bob', 'cid', 'dan'], when: { attr: 'r', eq: 'x' } } },
    }
    const found = diffRules(before, after)
    expect(found).toEqual([
      {
        action: 'target',
        flag_key: 'segments/s',
        previous_state: { by: 'u', include: 2 },
        new_state: { by: 'u', include: 3, when: { attr: 'r', eq: 'x' }, include_changes: { added: 2, removed: 1 } },
        summary: 'changed: include +2 -1; nobody -> r is x',
      },
    ])
  })
})
