import { describe, expect, it } from 'vitest'
import { utf8 } from '../../src/base/bytes.ts'
import { createEngine } from '../../src/rules/engine.ts'
import { loadPart } from '../../src/rules/load.ts'
import { seal } from '../../src/rules/sealed.ts'
import type { Part } from '../../src/rules/types.ts'
import { loadUnsignedRules } from '../../src/rules/unsigned.ts'
import { boolean } from './boolean.ts'

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

describe('a change', () => {
  const set = (text: string) => ({ parts: [loadPart(utf8(text))], stops: [], window: null, info: null })
  const json = (value: unknown) =>
    JSON.stringify({
      flags: { f: { ...boolean(), type: 'json', variants: [['v', value]], off: null, otherwise: { serve: 0 } } },
    })

  it('is none where the same flag is written otherwise', () => {
    const engine = createEngine({ now: () => 0 })
    expect(engine.apply(set(json({ a: [1, { b: null }], c: 'x' })))).toEqual(['f'])
    const spaced = JSON.stringify(JSON.parse(json({ c: 'x', a: [1, { b: null }] })), null, 2)
    expect(engine.apply(set(spaced))).toEqual([])
  })

  it.each([
    [{ a: 1 }, { a: 2 }],
    [{ a: 1 }, { b: 1 }],
    [{ a: 1 }, { a: 1, b: 1 }],
    [{ a: 1, b: 1 }, { a: 1 }],
    [
      [1, 2],
      [1, 3],
    ],
    [[1], [1, 2]],
    [{ 0: 1, length: 1 }, [1]],
    [[1], { 0: 1 }],
    [{}, null],
    [null, {}],
    ['1', 1],
    [{ a: { b: [0] } }, { a: { b: [false] } }],
  ])('is one from %j to %j, and the next answer shows it', (before, after) => {
    const engine = createEngine({ now: () => 0 })
    engine.apply(set(json(before)))
    expect(engine.flags.evaluate('f').value).toEqual(before)
    const view = engine.flags.for({})
    expect(engine.apply(set(json(after)))).toEqual(['f'])
    expect(engine.flags.evaluate('f').value).toEqual(after)
    expect(view.evaluate('f').value).toEqual(before)
  })

  it('of a flag that was asked for before shows at the next call, also when it comes and goes', () => {
    const engine = createEngine({ now: () => 0 })
    const rules = (flags: object) => engine.apply(set(JSON.stringify({ flags })))
    rules({})
    expect(engine.flags.isEnabled('f', {}, true)).toBe(true)
    rules({ f: boolean() })
    expect(engine.flags.isEnabled('f')).toBe(true)
    rules({ f: boolean({ on: false }) })
    expect(engine.flags.isEnabled('f', {}, true)).toBe(false)
    rules({})
    expect(engine.flags.isEnabled('f', {}, true)).toBe(true)
  })
})

describe('whoever watches', () => {
  it('gets the same answers as nobody, through views too', () => {
    const seen: string[] = []
    const flags = {
      on: boolean(),
      off: boolean({ on: false }),
      open: { ...boolean(), type: 'string', off: null, variants: [['v', 'x']], otherwise: { fallback: true } },
    }
    const watched = createEngine({ now: () => 0, observe: key => seen.push(key) })
    const plain = createEngine({ now: () => 0 })
    for (const engine of [watched, plain]) engine.apply({ parts: [part(flags)], stops: [], window: null, info: null })
    for (const key of ['on', 'off', 'open', 'gone']) {
      for (const fallback of [true, false]) {
        const expected = key === 'on' || (key !== 'off' && fallback)
        for (const { flags } of [watched, plain]) {
          expect(flags.isEnabled(key, {}, fallback)).toBe(expected)
          expect(flags.for({}).isEnabled(key, fallback)).toBe(expected)
        }
      }
    }
    expect(seen.splice(0)).toEqual(['on', 'off', 'open', 'gone'].flatMap(key => [key, key, key, key]))
    for (const { flags } of [watched, plain]) {
      expect([flags.isEnabled('gone'), flags.for({}).isEnabled('gone')]).toEqual([false, false])
    }
  })
})

describe('a secret', () => {
  it('may be a text, which stands for its bytes, and nothing else', () => {
    const sealed = { key: 'k', norm: 'none', values: [seal('s\u00e9cret', 'id', 'u-1', 'none')] }
    const rules = {
      flags: {
        f: boolean({
          rules: [{ id: 'r', when: { attr: 'id', sealed } as never, then: { serve: 1 } }],
          otherwise: { serve: 0 },
        }),
      },
    }
    for (const k of ['s\u00e9cret', utf8('s\u00e9cret')]) {
      const { flags } = loadUnsignedRules(rules as Part, { now: () => 0, secrets: { k } })
      expect(['u-1', 'u-2'].map(id => flags.isEnabled('f', { id }))).toEqual([true, false])
    }
    expect(() => seal(7 as never, 'id', 'u-1', 'none')).toThrow('a secret is bytes or a string')
  })
})

describe('a fallback', () => {
  const VALUES = { boolean: true, string: 'x', integer: 3, number: 1.5, json: { a: 1 } }
  const flags = open(
    Object.fromEntries(
      Object.entries(VALUES).map(([type, value]) => [
        type,
        {
          ...boolean(),
          type,
          variants: [['v', value]],
          off: null,
          otherwise: { serve: 0 },
          ...(type === 'boolean' && {
            variants: [
              ['v', value],
              ['off', false],
            ],
            off: 1,
          }),
        },
      ]),
    ),
  )
  it.each([
    ['boolean', false, ['boolean']],
    ['string', '', ['string']],
    ['number', 0, ['integer', 'number']],
    ['object', {}, ['json']],
    ['list', [], ['json']],
    ['null', null, ['json']],
  ])('that is a %s is served in place of a value of another type', (_, fallback, taken) => {
    for (const [key, value] of Object.entries(VALUES)) {
      const isTaken = (taken as string[]).includes(key)
      expect([key, flags.value(key, {}, fallback as never)]).toEqual([key, isTaken ? value : fallback])
      expect(flags.explain(key, {}, fallback as never).code).toBe(isTaken ? undefined : 'type_mismatch')
    }
  })
})

describe('a part', () => {
  it('says whether a regex engine may be wanted, however the operator is spelled', () => {
    const uses = (text: string) => loadPart(utf8(text)).usesRegex
    const flagOf = (when: string) => `{"flags":{"f":{"rules":[{"when":${when}}]}}}`
    expect(uses(flagOf('{"attr":"x","matches":"a"}'))).toBe(true)
    expect(uses(flagOf('{"attr":"x","m\\u0061tches":"a"}'))).toBe(true)
    expect(uses(flagOf('{"attr":"matches ","eq":"a"}'))).toBe(false)
  })
})
