// What the workloads leave out, Ensign alone: prints one JSON object `{"extras": {...}}`. Run by run.mjs, or alone by
// `node scripts/run.mjs bench/extras.ts`. `made` is what the loop costs without the call: an id that is new for each
// call has to be made first.
import { utf8 } from '../src/base/bytes.ts'
import { createEngine } from '../src/rules/engine.ts'
import { loadPart } from '../src/rules/load.ts'
import { regex } from '../src/rules/re2.ts'
import { sealer } from '../src/rules/sealed.ts'
import type { Condition, Flag, Outcome } from '../src/rules/types.ts'
import { boolean } from '../test/rules/boolean.ts'
import { COUNTRIES, SEGMENT, WORKLOADS } from './workloads.mjs'

const ROUNDS = Number(process.argv[2] ?? 15)
const SLICE_MS = 30
const USUAL = WORKLOADS[0]!.contexts
const MASK = USUAL.length - 1
const SECRET = 'a secret of the bench'
const SEALED_COUNT = 100

const flag = (when: Condition, then: Outcome = { serve: 1 }): Flag =>
  boolean({ rules: [{ id: 'r', when, then }], otherwise: { serve: 0 } })
const HALF: Outcome = { split: { by: 'userId', salt: 's', arms: [[0, 50_000, 1]], rest: 'next' } }

const seal = sealer(SECRET, 'email', 'none')
const flags = {
  half: flag({ all: [] }, HALF),
  listed: flag({ segment: 'many' }),
  sealed: flag({
    attr: 'email',
    sealed: { key: 'k1', norm: 'none', values: USUAL.slice(0, SEALED_COUNT).map(context => seal(context.email)!) },
  }),
  matches: flag({ attr: 'email', matches: '^[0-9a-f]{4,}@example[.](com|org)$' }),
  // Where a backtracking engine takes 2^n steps.
  nested: flag({ attr: 'email', matches: '^(a+)+$' }),
  folded: flag({ attr: 'country', in: COUNTRIES.map(country => country.toLowerCase()), ignoreCase: true }),
}
const segments = { many: { by: 'userId', include: SEGMENT } }
const partOf = (rules: object) => loadPart(utf8(JSON.stringify(rules)))
const ruleSet = (rules: object) => ({ parts: [partOf(rules)], stops: [], window: null, info: null })

const engine = createEngine({ now: Date.now, secrets: { k1: SECRET }, regex })
engine.apply(ruleSet({ flags, segments }))

/** Ids as they come out of a socket: the same letters, in a string that nobody has seen before. */
const LETTERS = Buffer.from(USUAL.map(context => context.userId).join(''), 'latin1')
const ID_UNITS = USUAL[0]!.userId.length
const fresh = (i: number) => {
  const from = (i & MASK) * ID_UNITS
  return LETTERS.latin1Slice(from, from + ID_UNITS)
}
const HALVES = USUAL.map(({ userId }) => [userId.slice(0, 18), userId.slice(18)] as const)
const joined = (i: number) => {
  const [head, tail] = HALVES[i & MASK]!
  return head + tail
}
const ACCENTED = USUAL.map(({ userId }) => ({ userId: `\u00e9${userId.slice(1)}` }))

type Call = (i: number) => unknown
const usual =
  (key: keyof typeof flags): Call =>
  i =>
    engine.flags.isEnabled(key, USUAL[i & MASK])
const withId =
  (key: keyof typeof flags, idOf: (i: number) => string): Call =>
  i =>
    engine.flags.isEnabled(key, { userId: idOf(i) })
const made =
  (idOf: (i: number) => string): Call =>
  i => ({ userId: idOf(i) })

/** Linear: four times the text, four times the time. */
function nestedOn(units: number): Call {
  const context = { email: `${'a'.repeat(units - 1)}!` }
  return () => engine.flags.isEnabled('nested', context)
}

const ROWS: Record<string, { call: Call; made?: Call }> = {
  'W2 as it is': { call: usual('half') },
  'W2 fresh ids': { call: withId('half', fresh), made: made(fresh) },
  'W2 concatenated ids': { call: withId('half', joined), made: made(joined) },
  'W2 non-ASCII ids': { call: i => engine.flags.isEnabled('half', ACCENTED[i & MASK]) },
  'W4 as it is': { call: usual('listed') },
  'W4 fresh ids': { call: withId('listed', fresh), made: made(fresh) },
  'W4 concatenated ids': { call: withId('listed', joined), made: made(joined) },
  'sealed, 100 values': { call: usual('sealed') },
  'matches (RE2)': { call: usual('matches') },
  'matches ^(a+)+$ on 1,000 units': { call: nestedOn(1_000) },
  'matches ^(a+)+$ on 4,000 units': { call: nestedOn(4_000) },
  'in with ignoreCase': { call: usual('folded') },
}

const quantile = (values: readonly number[], q: number) =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * q)]!
const rounded = (value: number) => Number(value.toFixed(1))

/** CPU time, as in the workloads. */
function timed(call: Call): () => number {
  let count = 256
  let sink = 0
  return () => {
    const start = process.cpuUsage()
    for (let i = 0; i < count; i++) if (call(i) === true) sink++
    const { user, system } = process.cpuUsage(start)
    const each = ((user + system) * 1_000) / count
    count = Math.max(1, Math.round((SLICE_MS * 1e6) / Math.max(each, 1)))
    return sink < 0 ? 0 : each
  }
}

const WARM_ROUNDS = 3
const races = Object.entries(ROWS).map(([name, { call, made }]) => ({
  name,
  call: timed(call),
  made: made && timed(made),
  calls: [] as number[],
  mades: [] as number[],
}))
for (let round = -WARM_ROUNDS; round < ROUNDS; round++) {
  for (const race of races) {
    const taken = race.call()
    const without = race.made?.()
    if (round < 0) continue
    race.calls.push(taken)
    if (without !== undefined) race.mades.push(without)
  }
}

/** From the call to its answer, where the flag is in force since a moment and nobody asked for it. */
function firstCalls(): number[] {
  const own = createEngine({ now: Date.now })
  return Array.from({ length: 2_000 }, (_, i) => {
    own.apply(ruleSet({ flags: { half: { ...flags.half, salt: `s${i}` } } }))
    const start = process.hrtime.bigint()
    own.flags.isEnabled('half', USUAL[i & MASK])
    return Number(process.hrtime.bigint() - start)
  }).slice(500)
}

const first = firstCalls()
const extras = Object.fromEntries(
  races.map(({ name, calls, mades }) => [
    name,
    {
      unit: 'ns',
      ensign: rounded(quantile(calls, 0.5)),
      spread: [0.25, 0.75].map(q => rounded(quantile(calls, q))),
      ...(mades.length > 0 && { made: rounded(quantile(mades, 0.5)) }),
    },
  ]),
)
extras['first call after an update'] = {
  unit: 'ns',
  ensign: rounded(quantile(first, 0.5)),
  spread: [0.25, 0.75].map(q => rounded(quantile(first, q))),
}
console.log(JSON.stringify({ extras }))
