import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { utf8 } from '../../src/base/bytes.ts'
import { MAX_PART } from '../../src/base/limits.ts'
import { regex } from '../../src/regex.ts'
import { createEngine } from '../../src/rules/engine.ts'
import { flagsOf } from '../../src/rules/live.ts'
import { loadPart } from '../../src/rules/load.ts'
import { lookAt } from '../../src/rules/loaded.ts'
import { problemsOf } from '../../src/rules/problems.ts'
import { stoppedBy } from '../../src/rules/reads.ts'
import { fixedState } from '../../src/rules/state.ts'
import { loadUnsignedRules } from '../../src/rules/unsigned.ts'

const FLAG = '"on":true,"type":"boolean","variants":[["off",false],["on",true]],"off":0,"salt":"s"'
const flag = (when: string, more = '') =>
  `{${FLAG},"rules":[{"id":"r","when":${when},"then":{"serve":1}}],"otherwise":{"serve":0}${more}}`
const open = (flags: string, segments = '') =>
  loadUnsignedRules(`{"flags":{${flags}},"segments":{${segments}}}`, { now: () => 0, regex }).flags
const codeOf = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    return (error as { code: string }).code
  }
  return 'ok'
}

describe('hostile JSON', () => {
  it('is refused as a whole only for its size and its form', () => {
    expect(codeOf(() => loadPart(new Uint8Array(MAX_PART + 1)))).toBe('too_large')
    expect(codeOf(() => loadPart(utf8('{"flags":')))).toBe('json')
    for (const text of ['[]', 'null', '1', '{"flags":[]}', '{"segments":null}']) {
      expect(
        codeOf(() => loadPart(utf8(text))),
        text,
      ).toBe('json_shape')
    }
  })

  it('may name things after what objects inherit', () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']
    const flags = open(names.map(name => `"${name}":${flag(`{"attr":"${name}","eq":"x"}`)}`).join(','))
    for (const name of names) {
      expect(flags.isEnabled(name, {})).toBe(false)
      expect(flags.explain(name, {}).reason).toBe('DEFAULT')
      expect(flags.isEnabled(name, JSON.parse(`{"${name}":"x"}`))).toBe(true)
    }
    expect(Object.keys(flags.evaluateAll())).toEqual(names)
    expect(flags.explain('valueOf').code).toBe('flag_not_found')
  })

  it('may be as deep as it likes', () => {
    const deep = (open: string, end: string, times: number) => `${open.repeat(times)}{"all":[]}${end.repeat(times)}`
    const flags = open(
      `"ok":${flag(deep('{"not":', '}', 30))},"deep":${flag(deep('{"not":', '}', 50_000))},` +
        `"meta":${flag('{"all":[]}', `,"meta":${'['.repeat(50_000)}${']'.repeat(50_000)}`)}`,
    )
    expect(['ok', 'deep', 'meta'].map(key => flags.explain(key).code)).toEqual([undefined, 'malformed', undefined])
    expect(flags.isEnabled('ok')).toBe(true)
  })

  it('costs what its size says: chains and trees of reads end at the caps', () => {
    const chain = Array.from({ length: 3_000 }, (_, i) => `"c${i}":${flag(`{"flag":"c${i + 1}","is":["on"]}`)}`)
    const tree = Array.from(
      { length: 40 },
      (_, i) => `"t${i}":{"when":{"all":[{"segment":"t${i + 1}"},{"segment":"t${i + 1}"}]}}`,
    )
    const flags = open(
      `${chain.join(',')},"tree":${flag('{"segment":"t0"}')}`,
      `${tree.join(',')},"t40":{"when":{"all":[]}}`,
    )
    expect([0, 2_000, 2_999].map(i => flags.explain(`c${i}`).code)).toEqual([
      'too_many_reads',
      'too_many_reads',
      undefined,
    ])
    expect(flags.explain('tree').code).toBe('too_many_reads')
    // With the tree, all of them at once: no flag walks again over what another has walked over.
    const codes = Object.values(flags.evaluateAll()).map(({ code }) => code)
    expect(codes.filter(code => code === 'too_many_reads').length).toBe(3_000 - 63 + 1)
  })

  it('costs what its size says: a ring of reads, and what leads into it', () => {
    const ring = Array.from(
      { length: 3_000 },
      (_, i) => `"c${i}":${flag(`{"flag":"c${(i + 1) % 3_000}","is":["on"]}`)}`,
    )
    const flags = open(
      `${ring.join(',')},"into":${flag('{"flag":"c7","is":["on"]}')},"self":${flag('{"flag":"self","is":["on"]}')}`,
    )
    const { into, self, ...others } = flags.evaluateAll()
    expect([into, self].map(one => [one?.code, one?.via])).toEqual([
      ['cycle', 'c7'],
      ['cycle', undefined],
    ])
    expect(new Set(Object.values(others).map(({ code }) => code))).toEqual(new Set(['cycle']))
  })

  it('costs what its size says: a stop that goes up a ladder of flags and segments', () => {
    const steps = 12_000
    const rungs = Array.from({ length: steps }, (_, i) => i)
    const bottom = `"f0":${flag('{"all":[]}')}`
    const parts = [
      loadPart(
        utf8(
          `{"flags":{${[bottom, ...rungs.map(i => `"f${i + 1}":${flag(`{"segment":"s${i}"}`)}`)].join(',')}},` +
            `"segments":{${rungs.map(i => `"s${i}":{"when":{"flag":"f${i}","is":["on"]}}`).join(',')}}}`,
        ),
      ),
    ]
    const engine = createEngine({ now: () => 0 })
    engine.apply({ parts, stops: [], window: null, info: null })
    const touched = engine.apply({ parts, stops: [{ flag: 'f0', version: 1 }], window: null, info: null })
    expect(touched.length).toBe(steps + 1)
    expect(engine.flags.explain(`f${steps}`)).toMatchObject({ reason: 'STOPPED', via: 'f0' })
  })

  it('costs what its size says: who asks whether a stop reaches a flag walks over no flag twice', () => {
    const steps = 1_000
    const chain = Array.from({ length: steps }, (_, i) => `"c${i}":${flag(`{"flag":"c${i + 1}","is":["on"]}`)}`)
    const part = loadPart(utf8(`{"flags":{${chain.join(',')}}}`))
    const moment = fixedState({ parts: [part], stops: [], window: null, info: null }).now()
    const asked: string[] = []
    const cells = {
      ...moment,
      flag(key: string) {
        asked.push(key)
        return moment.flag(key)
      },
    }
    for (const cell of moment.flags().values()) expect(stoppedBy(cell!, cells)).toBe(undefined)
    expect(asked.length).toBe(steps)
  })

  it('costs what its size says: more reads in one flag than a call has arguments', () => {
    for (const read of ['{"flag":"f","is":["on"]}', '{"segment":"s"}']) {
      const wide = flag(`{"any":[${Array(160_000).fill(read).join(',')}]}`)
      const parts = [
        loadPart(
          utf8(
            `{"flags":{"f":${flag('{"all":[]}')},"wide":${wide},"reader":${flag('{"flag":"wide","is":["on"]}')}},` +
              `"segments":{"s":{"when":{"flag":"f","is":["on"]}}}}`,
          ),
        ),
      ]
      for (const stopped of [false, true]) {
        const set = { parts, stops: stopped ? [{ flag: 'f', version: 1 }] : [], window: null, info: null }
        const engine = createEngine({ now: () => 0 })
        engine.apply(set)
        for (const flags of [engine.flags, flagsOf(set, { now: () => 0 })]) {
          expect(flags.transitions()).toEqual([])
          for (const key of ['wide', 'reader']) {
            expect(flags.explain(key, {}, true)).toMatchObject(
              stopped
                ? { reason: 'STOPPED', via: 'f', enabled: false }
                : { reason: 'ERROR', code: 'too_many_reads', enabled: true },
            )
          }
        }
      }
    }
  })

  it('names the first stopped flag in reading order, what a read reads before the next read', () => {
    const reads = (...keys: string[]) => flag(`{"all":[${keys.map(key => `{"flag":"${key}","is":["on"]}`).join(',')}]}`)
    const rules = `{"flags":{"f":${reads('a', 'b')},"a":${reads('b', 'c')},"b":${flag('{"all":[]}')},"c":${flag('{"all":[]}')}}}`
    const stops = ['b', 'c'].map(key => ({ flag: key, version: 1 }))
    const { flags } = loadUnsignedRules(rules, { now: () => 0, stops })
    expect(flags.explain('f')).toMatchObject({ reason: 'STOPPED', via: 'b' })
  })

  it('counts the last of repeated members, whatever the others are', () => {
    for (const text of ['{"flags":1,"flags":{}}', '{"segments":[],"flags":{},"segments":{}}']) {
      expect([...loadPart(utf8(text)).flags]).toEqual([])
    }
    const good = `{"f":${flag('{"all":[]}')}}`
    expect(codeOf(() => loadPart(utf8(`{"flags":${good},"flags":1}`)))).toBe('json_shape')
    expect([...loadPart(utf8(`{"flags":${good},"fl\\u0061gs":{}}`)).flags]).toEqual([])
  })

  it('is read as JSON.parse reads it, repeated and odd names at every level included', () => {
    const name = fc.constantFrom(
      'a',
      '\\u0061',
      '__proto__',
      '1',
      '10',
      '9',
      '',
      '\\u0000',
      '\\ud800',
      '\ufeff',
      'x\\"y',
    )
    const leaf = fc.constantFrom('1', '-0', '1e400', '"s"', '"\\ud800"', 'null', '[]', '12345678901234567890')
    const objectOf = (names: fc.Arbitrary<string>, value: fc.Arbitrary<string>) =>
      fc
        .array(fc.tuple(names, value), { maxLength: 4 })
        .map(members => `{${members.map(([key, one]) => ` "${key}" :${one}`).join(',')}}`)
    const table = objectOf(name, objectOf(name, fc.oneof(leaf, objectOf(name, leaf))))
    const tables = fc.constantFrom('flags', 'segments', 'fl\\u0061gs', '__proto__', 'other')
    fc.assert(
      fc.property(objectOf(tables, fc.oneof({ weight: 4, arbitrary: table }, { weight: 1, arbitrary: leaf })), text => {
        const whole = JSON.parse(text) as Record<string, unknown>
        for (const kind of ['flags', 'segments'] as const) {
          const wanted = Object.hasOwn(whole, kind) ? whole[kind] : {}
          if (typeof wanted !== 'object' || wanted === null || Array.isArray(wanted)) {
            return codeOf(() => loadPart(utf8(text))) === 'json_shape'
          }
        }
        const part = loadPart(utf8(text))
        for (const kind of ['flags', 'segments'] as const) {
          const found = new Map([...part[kind]].map(([key, one]) => [key, lookAt<unknown>(one).source]))
          expect(found).toEqual(new Map(Object.hasOwn(whole, kind) ? Object.entries(whole[kind] as object) : []))
        }
        return true
      }),
      { numRuns: 1_000 },
    )
  })

  it('leaves the other flags alone, and every problem is told with its place and code', () => {
    const engine = createEngine({ now: () => 0 })
    const part = loadPart(
      utf8(
        `{"flags":{"good":${flag('{"all":[]}')},"a~b/c":${flag('{"all":[]}')},"bad":${flag('{"attr":"x","lt":"1"}')},"new":${flag('{"attr":"x","near":1}')}}}`,
      ),
    )
    engine.apply({ parts: [part], stops: [], window: null, info: null })
    expect(engine.flags.isEnabled('good')).toBe(true)
    expect(engine.problems().map(({ code, at }) => [code, at])).toEqual([
      ['malformed', '/flags/a~0b~1c'],
      ['malformed', '/flags/bad/rules/0/when'],
      ['newer_rules', '/flags/new/rules/0/when'],
      ['malformed', '/flags/new/rules/0/when'],
    ])
  })
})

describe('a hostile context', () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()

  it('is not looked at by a flag that needs none, the first time as ever after', () => {
    const answersOf = (flags: ReturnType<typeof open>) => [
      flags.explain('f', proxy).reason,
      flags.explain('f', proxy).reason,
      flags.isEnabled('f', proxy),
    ]
    const text = `"f":${flag('{"all":[]}')}`
    expect(answersOf(open(text))).toEqual(['TARGETING_MATCH', 'TARGETING_MATCH', true])
    const view = open(text).for(proxy)
    expect([view.explain('f').reason, view.explain('f').reason]).toEqual(['TARGETING_MATCH', 'TARGETING_MATCH'])
    expect(open(text).evaluateAll(proxy).f?.reason).toBe('TARGETING_MATCH')
  })
})

describe('a polluted prototype', () => {
  const proto = Object.prototype as unknown as Record<string, unknown>
  const names = [
    'on',
    'rules',
    'requires',
    'all',
    'attr',
    'split',
    'fallback',
    'ignoreCase',
    'include',
    'when',
    'stop',
    'country',
    'meta',
    'experiment',
    'code',
    'via',
    'folds',
    'fuse',
    'info',
    'open',
  ]
  afterEach(() => {
    for (const name of names) delete proto[name]
  })
  it('changes no answer', () => {
    const wrong = flag('{"all":[]}').replace('"serve":0', '"serve":"0"')
    const text = `"f":${flag('{"segment":"s"}')},"g":${flag('{"attr":"country","exists":true}')},"wrong":${wrong}`
    const answers = () => {
      const flags = open(text, '"s":{"by":"id","exclude":["x"],"when":{"attr":"id","in":["a","x"]}}')
      return ['a', 'x', 'q'].flatMap(id => ['f', 'g', 'wrong'].map(key => JSON.stringify(flags.explain(key, { id }))))
    }
    const before = answers()
    for (const name of names) proto[name] = name === 'stop' ? 'named' : [{ all: [] }]
    expect(answers()).toEqual(before)
  })
})

describe('a long list', () => {
  it('of variants is looked at once: each is not compared with all before', () => {
    // No clock: at the cap of a part a square takes minutes, and the runner gives up.
    const variants = Array.from({ length: 300_000 }, (_, i) => `["${i}",0]`).join(',')
    const rules = `{"on":true,"type":"integer","variants":[${variants}],"off":0,"salt":"s","rules":[],"otherwise":{"serve":0}}`
    expect(problemsOf(loadPart(utf8(`{"flags":{"f":${rules}}}`)))).toEqual([])
  })
})

describe('matches', () => {
  it('ends on the longest text with patterns on which a backtracking engine would not', () => {
    // No clock: 2^4095 steps, or 4,095^12, would never come to the verdict at all.
    const text = `${'a'.repeat(4_095)}!`
    for (const pattern of ['(a+)+$', '(a|a)*$', '(a|aa)+$', '(.*a){12}$']) {
      const flags = open(`"f":${flag(`{"attr":"x","matches":"^${pattern}"}`)}`)
      expect(flags.explain('f', { x: text }), pattern).toMatchObject({ enabled: false, reason: 'DEFAULT' })
      expect(flags.isEnabled('f', { x: text.slice(0, -1) }), pattern).toBe(true)
    }
  })
  it('is unknown over 4,096 units', () => {
    const flags = open(`"f":${flag('{"attr":"x","matches":"a"}')},"n":${flag('{"not":{"attr":"x","matches":"b"}}')}`)
    expect([4_096, 4_097].map(length => flags.isEnabled('f', { x: 'a'.repeat(length) }))).toEqual([true, false])
    expect(flags.isEnabled('n', { x: 'a'.repeat(4_097) })).toBe(false)
  })
})
