import { describe, expect, it } from 'vitest'
import { utf8 } from '../../src/base/bytes.ts'
import { createEngine } from '../../src/rules/engine.ts'
import { loadPart } from '../../src/rules/load.ts'
import type { Flag, Part } from '../../src/rules/types.ts'
import { loadUnsignedRules } from '../../src/rules/unsigned.ts'

const boolean = (more: Partial<Flag> = {}): Flag => ({
  on: true,
  type: 'boolean',
  variants: [
    ['off', false],
    ['on', true],
  ],
  off: 0,
  salt: 's',
  rules: [],
  otherwise: { serve: 1 },
  ...more,
})
const part = (flags: Record<string, unknown>, segments: Record<string, unknown> = {}) =>
  loadPart(utf8(JSON.stringify({ flags, segments })))
const open = (flags: Record<string, unknown>, segments: Record<string, unknown> = {}, stops: string[] = []) =>
  loadUnsignedRules({ flags, segments } as Part, {
    now: () => 0,
    stops: stops.map(flag => ({ flag, version: 1 })),
  }).flags
const country = (more: object) => ({ attr: 'country', ...more })

describe('the order in which an evaluation ends', () => {
  it('serves, explains and lists', () => {
    const flags = open({
      all: boolean(),
      nl: boolean({
        rules: [{ id: 'r', when: country({ in: ['NL', 'BE'] }) as never, then: { serve: 1 }, experiment: 'x' }],
        otherwise: { serve: 0 },
      }),
    })
    expect(flags.isEnabled('all')).toBe(true)
    expect(flags.isEnabled('nl', { country: 'NL' })).toBe(true)
    expect(flags.isEnabled('nl', { country: 'DE' })).toBe(false)
    expect(flags.explain('nl', { country: 'NL' })).toEqual({
      flag: 'nl',
      value: true,
      enabled: true,
      variant: 'on',
      reason: 'TARGETING_MATCH',
      code: undefined,
      rule: 'r',
      bucket: undefined,
      experiment: 'x',
      via: undefined,
      release: null,
    })
    expect(Object.keys(flags.evaluateAll())).toEqual(['all', 'nl'])
    expect(flags.explain('gone').code).toBe('flag_not_found')
    expect(flags.isEnabled('gone', {}, true)).toBe(true)
  })

  it('stops a flag and whoever reads it, through segments too', () => {
    const flags = open(
      {
        base: boolean(),
        reader: boolean({ requires: [{ flag: 'base', is: ['on'] }] }),
        far: boolean({ rules: [{ id: 'r', when: { segment: 's' }, then: { serve: 1 } }] }),
        free: boolean(),
      },
      { s: { when: { flag: 'reader', is: ['on'] } } },
      ['base', 'nowhere'],
    )
    expect(['base', 'reader', 'far', 'free'].map(key => flags.isEnabled(key))).toEqual([false, false, false, true])
    expect(flags.explain('far')).toMatchObject({ reason: 'STOPPED', via: 'base', variant: 'off' })
    expect(flags.explain('base')).toMatchObject({ reason: 'STOPPED', via: undefined })
    expect(flags.isEnabled('nowhere', {}, true)).toBe(false)
    expect(Object.keys(flags.evaluateAll())).not.toContain('nowhere')
  })

  it('spreads faults with code and via, and finds cycles', () => {
    const flags = open(
      {
        bad: { ...boolean(), type: 'colour' },
        reader: boolean({ requires: [{ flag: 'bad', is: ['on'] }] }),
        a: boolean({ requires: [{ flag: 'b', is: ['on'] }] }),
        b: boolean({ requires: [{ flag: 'a', is: ['on'] }] }),
        c: boolean({ requires: [{ flag: 'a', is: ['on'] }] }),
        lost: boolean({ rules: [{ id: 'r', when: { not: { segment: 'gone' } }, then: { serve: 1 } }] }),
      },
      {},
    )
    const codeOf = (key: string) => [flags.explain(key).code, flags.explain(key).via]
    expect(codeOf('bad')).toEqual(['newer_rules', undefined])
    expect(codeOf('reader')).toEqual(['newer_rules', 'bad'])
    expect(codeOf('a')).toEqual(['cycle', undefined])
    expect(codeOf('b')).toEqual(['cycle', undefined])
    expect(codeOf('c')).toEqual(['cycle', 'a'])
    expect(codeOf('lost')).toEqual(['segment_missing', 'gone'])
  })

  it('never throws, whatever the context does', () => {
    const flags = open({
      nl: boolean({ rules: [{ id: 'r', when: country({ eq: 'NL' }) as never, then: { serve: 1 } }] }),
    })
    const getter = Object.defineProperty({}, 'country', {
      enumerable: true,
      get() {
        throw new Error('no')
      },
    })
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    for (const context of [getter, proxy]) {
      expect(flags.isEnabled('nl', context)).toBe(false)
      expect(flags.explain('nl', context)).toMatchObject({ reason: 'ERROR', code: 'context' })
      expect(flags.for(context).value('nl', true)).toBe(true)
    }
  })

  it('is not ready before the first rule set', () => {
    const engine = createEngine({ now: () => 0 })
    const early = engine.flags.for({})
    expect(engine.flags.explain('x', {}, true)).toMatchObject({ value: true, reason: 'ERROR', code: 'not_ready' })
    engine.apply({ parts: [part({ x: boolean() })], stops: [], window: null, info: null })
    expect(engine.flags.isEnabled('x')).toBe(true)
    expect(early.explain('x')).toMatchObject({ code: 'not_ready' })
  })
})
