import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { utf8 } from '../../src/base/bytes.ts'
import { createEngine } from '../../src/rules/engine.ts'
import { bucketOf, seedOf } from '../../src/rules/hash.ts'
import { flagsOf } from '../../src/rules/live.ts'
import { loadPart } from '../../src/rules/load.ts'
import type { Part } from '../../src/rules/types.ts'
import { context, KEYS_OF_PART, now, part, stops } from '../../test/rules/arbitrary.ts'
import { type Answer, naive } from '../../test/rules/naive.ts'
import { runVector, type Vector, type VectorFile } from '../../test/vectors/run.ts'
import { expect, firstFailing } from './vitest.ts'
import '../../test/rules/engine.test.ts'
import '../../test/rules/hostile.test.ts'
import '../../test/rules/text.test.ts'
import '../../test/rules/transitions.test.ts'

interface Scene {
  readonly one: Part
  readonly two: Part
  readonly stopped: readonly string[]
  readonly later: readonly string[]
  readonly about: Record<string, unknown>
  readonly time: number
  readonly answers: readonly Answer[]
}

/** What does not depend on the source under test, made once. */
export interface Prepared {
  readonly vectors: readonly { file: VectorFile; one: Vector; expected: unknown }[]
  readonly scenes: readonly Scene[]
}

const LARGE = /"\$(repeat|concat)"/

export function prepare(folder: string): Prepared {
  const names = readdirSync(folder).filter(name => name.endsWith('.json'))
  const files = names.map(name => JSON.parse(readFileSync(join(folder, name), 'utf8')) as VectorFile)
  const vectors = files.flatMap(file => file.cases.map(one => ({ file, one, expected: one.expect })))
  const rank = ({ one }: { one: Vector }) => Number(LARGE.test(JSON.stringify(one)))
  const drawn = fc.sample(fc.tuple(part, part, stops, stops, context, now), { numRuns: 150, seed: 20261121 })
  const scenes = drawn.map(([one, two, stopped, later, about, time]) => {
    const answers = KEYS_OF_PART.map(key => naive(one, stopped, key, about, time))
    return { one, two, stopped, later, about, time, answers }
  })
  return { vectors: vectors.sort((a, b) => rank(a) - rank(b)), scenes }
}

const inForce = (keys: readonly string[]) => keys.map(flag => ({ flag, version: 1 }))
const load = (one: Part) => loadPart(utf8(JSON.stringify(one)))
const ruleSet = (one: Part, stopped: readonly string[]) => ({
  parts: [load(one)],
  stops: inForce(stopped),
  window: null,
  info: null,
})

function population(): void {
  let sum = 0
  const seed = seedOf('c8f31b0a')
  for (let i = 0; i < 10_000; i++) sum = (Math.imul(sum, 31) + bucketOf(`user-${i}`, seed)) | 0
  expect(sum).toBe(618_215_107)
}

/** The compiled form, every member, a stop, a view, an update in place and a rule set that stays, on one rule set. */
function play({ one, two, stopped, later, about, time, answers }: Scene): void {
  const engine = createEngine({ now: () => time })
  engine.apply(ruleSet(one, []))
  const unstopped = KEYS_OF_PART.map(key => engine.flags.explain(key, about, true))
  const first = engine.flags.for(about)
  engine.apply(ruleSet(one, stopped))
  const { flags } = engine
  const view = flags.for(about)
  const told = KEYS_OF_PART.map(key => flags.explain(key, about, true))
  for (const [i, key] of KEYS_OF_PART.entries()) {
    const { reason, variant, rule, enabled, value } = told[i]!
    expect({ reason, variant, rule }).toEqual(answers[i])
    expect([flags.variant(key, about), flags.value(key, about, true)]).toEqual([variant, value])
    expect(flags.isEnabled(key, about, true)).toBe(enabled)
    if (reason !== 'STOPPED') expect(told[i]).toEqual(unstopped[i])
    else expect(enabled).toBe(false)
    expect(first.explain(key, true)).toEqual(unstopped[i])
  }
  const fixed = flagsOf(ruleSet(one, stopped), { now: () => time })
  const fresh = createEngine({ now: () => time })
  fresh.apply(ruleSet(two, later))
  const changed = engine.apply(ruleSet(two, later))
  for (const [i, key] of KEYS_OF_PART.entries()) {
    const after = engine.flags.explain(key, about, true)
    expect(after).toEqual(fresh.flags.explain(key, about, true))
    expect([view.explain(key, true), fixed.explain(key, about, true)]).toEqual([told[i], told[i]])
    if (!changed.includes(key)) expect(after).toEqual(told[i])
  }
  expect(engine.apply(ruleSet(two, later))).toEqual([])
}

/** The first check that notices the change; undefined where none does. Throwing is noticing too. */
export function noticed({ vectors, scenes }: Prepared): string | undefined {
  let at = 'loading'
  try {
    for (const { file, one, expected } of vectors) {
      at = one.id
      expect(runVector(file, one)).toEqual(expected)
    }
    at = 'population'
    population()
    at = 'scene'
    for (const scene of scenes) play(scene)
  } catch {
    return at
  }
  return firstFailing()
}
