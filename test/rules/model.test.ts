import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { utf8 } from '../../src/base/bytes.ts'
import { createEngine } from '../../src/rules/engine.ts'
import { flagsOf } from '../../src/rules/live.ts'
import { loadPart } from '../../src/rules/load.ts'
import type { Part } from '../../src/rules/types.ts'
import { context, KEYS_OF_PART, now, part, stops } from './arbitrary.ts'
import { naive } from './naive.ts'

const inForce = (keys: readonly string[]) => keys.map(flag => ({ flag, version: 1 }))
const load = (one: Part) => loadPart(utf8(JSON.stringify(one)))
function open(one: Part, stopped: readonly string[], time: number) {
  const engine = createEngine({ now: () => time })
  engine.apply({ parts: [load(one)], stops: inForce(stopped), window: null, info: null })
  return engine
}
/** Salts of splits and layers differ here; a rule set of the generator has no fault. */
const settings = { numRuns: 400, seed: 20261121 }

describe('the compiled form', () => {
  it('says what the text says', () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(part, stops, context, now, (rules, stopped, about, time) => {
        const { flags } = open(rules, stopped, time)
        for (const key of KEYS_OF_PART) {
          const { reason, variant, rule } = flags.explain(key, about)
          seen.add(reason)
          expect({ reason, variant, rule }, key).toEqual(naive(rules, stopped, key, about, time))
        }
      }),
      settings,
    )
    expect([...seen].sort()).toEqual(
      ['DEFAULT', 'DISABLED', 'ERROR', 'PREREQUISITE', 'SPLIT', 'STATIC', 'STOPPED', 'TARGETING_MATCH'].sort(),
    )
  })

  it('says the same through every member', () => {
    fc.assert(
      fc.property(part, stops, context, now, (rules, stopped, about, time) => {
        const { flags } = open(rules, stopped, time)
        const view = flags.for(about)
        const all = flags.evaluateAll(about, { keys: KEYS_OF_PART })
        for (const key of KEYS_OF_PART) {
          const told = flags.explain(key, about, true)
          expect(view.explain(key, true)).toEqual(told)
          expect(flags.variant(key, about)).toBe(told.variant)
          expect(flags.value(key, about, true)).toBe(told.value)
          expect(flags.isEnabled(key, about, true)).toBe(told.enabled)
          expect(flags.evaluate(key, about)).toBe(all[key])
          expect(all[key]).toMatchObject({ reason: told.reason, variant: told.variant })
        }
      }),
      { ...settings, numRuns: 100 },
    )
  })

  it('never turns anything on by a stop', () => {
    fc.assert(
      fc.property(part, stops, context, now, (rules, stopped, about, time) => {
        const before = open(rules, [], time).flags
        const after = open(rules, stopped, time).flags
        for (const key of KEYS_OF_PART) {
          const [was, is] = [before.explain(key, about, true), after.explain(key, about, true)]
          if (is.reason !== 'STOPPED') expect(is).toEqual(was)
          else expect([is.variant, is.enabled]).toEqual([key === 'missing' ? undefined : 'off', false])
        }
      }),
      settings,
    )
  })
})

describe('apply', () => {
  it('gives at least the keys whose answers change, and only what was touched or reads it', () => {
    fc.assert(
      fc.property(part, part, stops, stops, context, now, (one, two, first, second, about, time) => {
        const engine = open(one, first, time)
        const view = engine.flags.for(about)
        const before = view.evaluateAll({ keys: KEYS_OF_PART })
        const changed = engine.apply({ parts: [load(two)], stops: inForce(second), window: null, info: null })
        const fresh = open(two, second, time).flags
        for (const key of KEYS_OF_PART) {
          // A change in place is what a fresh start gives, and the view still says what it said.
          expect(engine.flags.evaluate(key, about)).toEqual(fresh.evaluate(key, about))
          expect(view.evaluate(key)).toEqual(before[key])
          if (!changed.includes(key)) expect(engine.flags.evaluate(key, about)).toEqual(before[key])
        }
        expect(engine.apply({ parts: [load(two)], stops: inForce(second), window: null, info: null })).toEqual([])
      }),
      { ...settings, numRuns: 200 },
    )
  })

  it('is nothing to a rule set that stays', () => {
    fc.assert(
      fc.property(part, stops, context, now, (one, stopped, about, time) => {
        const set = { parts: [load(one)], stops: inForce(stopped), window: null, info: null }
        const engine = createEngine({ now: () => time })
        engine.apply(set)
        const fixed = flagsOf(set, { now: () => time })
        for (const key of KEYS_OF_PART) expect(fixed.explain(key, about)).toEqual(engine.flags.explain(key, about))
        expect(fixed.evaluateAll(about)).toEqual(engine.flags.evaluateAll(about))
        expect(fixed.for(about).evaluateAll()).toEqual(engine.flags.evaluateAll(about))
        expect(fixed.transitions()).toEqual(engine.flags.transitions())
      }),
      { ...settings, numRuns: 100 },
    )
  })
})
