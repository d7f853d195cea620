// Loading and updating, verified: prints one JSON object with `load` and `update`. Run by run.mjs, or alone by
// `node scripts/run.mjs bench/load.ts`.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromUtf8 } from '../src/base/bytes.ts'
import type { Json } from '../src/base/json.ts'
import { openBundleFile } from '../src/bundle/bundlefile.ts'
import { openState } from '../src/bundle/open.ts'
import { layoutParts, type PartFile, printIndex } from '../src/bundle/parts.ts'
import type { OpenOptions, VerifiedState } from '../src/bundle/state.ts'
import { createEngine } from '../src/rules/engine.ts'
import { createWorld, type World } from '../test/support/world.ts'

const isQuick = process.argv.includes('quick')
const COUNTS = isQuick ? [10, 1_000, 10_000] : [10, 1_000, 10_000, 100_000]
const LOADS = isQuick ? 5 : 15
const UPDATES = isQuick ? 8 : 30
const PROCESSES = isQuick ? 2 : 5

/** The flag of workload W3: three conditions, then a quarter by user id. */
const flag = (i: number, on = true): Json => ({
  on,
  type: 'boolean',
  variants: [
    ['off', false],
    ['on', true],
  ],
  off: 0,
  salt: `s${i}`,
  rules: [
    {
      id: 'r1',
      when: {
        all: [
          { attr: 'country', in: ['NL', 'BE', 'DE', 'FR', 'LU'] },
          { attr: 'plan', eq: 'pro' },
          { attr: 'app.version', semver: '>=5.2.0' },
        ],
      },
      then: { split: { by: 'userId', salt: `salt-${i}`, arms: [[0, 25_000, 1]], rest: 0 } },
    },
  ],
  otherwise: { serve: 0 },
})

type Laid = Awaited<ReturnType<typeof layoutParts>>

const layout = (count: number): Promise<Laid> =>
  layoutParts(Object.fromEntries(Array.from({ length: count }, (_, i) => [`flag-${i}`, flag(i)])), {})

/** The same rules but for one flag that is now off. */
async function changeOne(laid: Laid, i: number): Promise<Laid> {
  const before = JSON.stringify(`flag-${i}`)
  const at = laid.parts.findIndex(part => fromUtf8(part.bytes)!.includes(`${before}:`))
  const part = JSON.parse(fromUtf8(laid.parts[at]!.bytes)!) as { flags: Record<string, Json> }
  const one = (await layoutParts({ ...part.flags, [`flag-${i}`]: flag(i, false) }, {}, 1)).parts[0] as PartFile
  const parts = laid.parts.with(at, one)
  return { parts, index: printIndex(parts) }
}

const quantile = (values: readonly number[], q: number) =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * q)]!
const rounded = (value: number) => Number(value.toFixed(2))
const median = (values: readonly number[]) => rounded(quantile(values, 0.5))

/** CPU of all threads: waiting is not work, and other processes do not count. */
async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}

async function wallOf(work: () => unknown): Promise<number> {
  const before = performance.now()
  await work()
  return performance.now() - before
}

/** The longest stretch for which nothing else could run. */
async function blockedBy(work: () => Promise<unknown>): Promise<number> {
  let longest = 0
  let isDone = false
  let last = performance.now()
  const watch = (async () => {
    while (!isDone) {
      await pause()
      const now = performance.now()
      longest = Math.max(longest, now - last)
      last = now
    }
  })()
  await work()
  isDone = true
  await watch
  return longest
}

const pause = () => new Promise<void>(resolve => setImmediate(resolve))

async function loadFrom(bytes: Uint8Array, root: Uint8Array, now: number) {
  const source = openBundleFile(bytes)
  const state = await openState({ source, project: 'shop', environment: 'production', root, now, pause })
  await source.finish()
  const engine = createEngine({ now: Date.now })
  engine.apply(state.ruleSet)
  if (engine.flags.value('flag-0', {}) !== false) throw new Error('the rules were not loaded')
  return { state, engine }
}

/** The least that a program could do: no validation, no signature, no digest. */
function parseOnly(bytes: Uint8Array): Map<string, unknown> {
  const flags = new Map<string, unknown>()
  for (const line of fromUtf8(bytes)!.split('\n').slice(2, -1)) {
    for (const [key, value] of Object.entries((JSON.parse(line) as { flags: object }).flags)) flags.set(key, value)
  }
  return flags
}

async function measureLoad(world: World) {
  const bytes = await world.bundle()
  const load = () => loadFrom(bytes, world.roots[0]!.bytes, world.now)
  const ms: number[] = []
  const cpu: number[] = []
  const blocked: number[] = []
  const limit: number[] = []
  const used: number[] = []
  for (let i = 0; i < LOADS; i++) {
    ms.push(await wallOf(load))
    used.push(await wallOf(async () => (await load()).engine.flags.evaluateAll({})))
    cpu.push(await cpuOf(load))
    blocked.push(await blockedBy(load))
    limit.push(await wallOf(() => parseOnly(bytes)))
  }
  return {
    flags: 10_000,
    bytes: bytes.length,
    ms: median(ms),
    cpu: median(cpu),
    blocked: median(blocked),
    used: median(used),
    limit: median(limit),
    ...measureFirst(bytes, world),
  }
}

/** In a process of its own, where nothing is compiled yet. `heapUsed`: after each flag was asked for once. */
function measureFirst(bytes: Uint8Array, world: World) {
  const folder = mkdtempSync(join(tmpdir(), 'ensign-bench-'))
  try {
    writeFileSync(join(folder, 'bundle.ndjson'), bytes)
    writeFileSync(join(folder, 'root.json'), world.roots[0]!.bytes)
    const run = (what: string) => {
      const args = ['--expose-gc', 'scripts/run.mjs', 'bench/load.ts', what, folder, String(world.now)]
      return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Record<string, number>
    }
    const runs = Array.from(
      { length: PROCESSES },
      () => ({ ...run('first'), ...run('limit') }) as Record<string, number>,
    )
    const middle = (name: string) => median(runs.map(one => one[name]!))
    return Object.fromEntries(['first', 'firstLimit', 'heap', 'heapUsed'].map(name => [name, middle(name)]))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function first(folder: string, now: number) {
  const bytes = new Uint8Array(readFileSync(join(folder, 'bundle.ndjson')))
  const root = new Uint8Array(readFileSync(join(folder, 'root.json')))
  const ms = await wallOf(() => loadFrom(bytes, root, now))
  // What the rules hold: the compiled code and its statistics are there already.
  await pause()
  globalThis.gc!()
  const before = process.memoryUsage().heapUsed
  const kept = await loadFrom(bytes, root, now)
  await pause()
  globalThis.gc!()
  const heap = (process.memoryUsage().heapUsed - before) / 1e6
  kept.engine.flags.evaluateAll({})
  globalThis.gc!()
  const heapUsed = (process.memoryUsage().heapUsed - before) / 1e6
  return { first: rounded(ms), heap: rounded(heap), heapUsed: rounded(heapUsed) }
}

async function measureUpdate(count: number) {
  const world = await createWorld()
  const laid = await layout(count)
  const publish = async (rules: Laid) => {
    world.wait(1_000)
    await world.release('production', { parts: () => rules })
    return new Map(world.store)
  }
  let state = await openAt(world, await publish(laid))
  const engine = createEngine({ now: Date.now })
  engine.apply(state.ruleSet)
  const cpu: number[] = []
  const poll: number[] = []
  for (let i = -5; i < UPDATES; i++) {
    const store = await publish(i % 2 === 0 ? laid : await changeOne(laid, Math.abs(i * 7919) % count))
    const taken = await cpuOf(async () => {
      state = await openAt(world, store, state)
      engine.apply(state.ruleSet)
    })
    const polled = await cpuOf(() => openAt(world, store, state))
    if (i < 0) continue
    cpu.push(taken)
    poll.push(polled)
  }
  return {
    flags: count,
    parts: laid.parts.length,
    cpu: median(cpu),
    worst: rounded(Math.max(...cpu)),
    poll: median(poll),
  }
}

function openAt(world: World, store: ReadonlyMap<string, Uint8Array>, previous?: VerifiedState) {
  const source = { get: async (path: string) => store.get(path) }
  const options: OpenOptions = world.options({ source, previous, pause })
  return openState(options)
}

const [what, folder, now] = process.argv.slice(2)
if (what === 'first') console.log(JSON.stringify(await first(folder!, Number(now))))
else if (what === 'limit') {
  const bytes = new Uint8Array(readFileSync(join(folder!, 'bundle.ndjson')))
  console.log(JSON.stringify({ firstLimit: rounded(await wallOf(() => parseOnly(bytes))) }))
} else {
  const world = await createWorld()
  const laid = await layout(10_000)
  await world.release('production', { parts: () => laid })
  const load = await measureLoad(world)
  const update = []
  for (const count of COUNTS) update.push(await measureUpdate(count))
  console.log(JSON.stringify({ load, update }))
}
