// npm run fuzz -- --runs N --seed S: mutated bundles. None may be accepted that means something else, none may end in
// anything but an EnsignError, and none may take 50 ms longer than its size explains.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { fromUtf8, utf8 } from '../src/base/bytes.ts'
import { EnsignError } from '../src/base/errors.ts'
import { createCorpus, meaningOf, type Open, type Sample } from '../test/fuzz/corpus.ts'
import { MUTATIONS, type Pool, placesOf } from '../test/fuzz/mutate.ts'
import { violations } from '../test/fuzz/oracle.ts'
import { createRandom, type Random } from '../test/fuzz/random.ts'
import { resign } from '../test/fuzz/resign.ts'

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' } },
})
const runs = Number(values.runs)
const seed = Number(values.seed)
const REPORTS = resolve(import.meta.dirname, '../reports/fuzz')
const LIMIT_MS = 50
/** Hashing and parsing what is genuinely large: 20 MB/s is slow for either. */
const BYTES_PER_MS = 20_000
const SIGNED_ONE_IN = 10

const { world, samples, meanings } = await createCorpus()
const pool: Pool = {
  bundles: samples.map(sample => sample.text),
  statements: [
    ...new Set(samples.flatMap(({ text }) => placesOf(JSON.parse(text.split('\n')[0]!)).map(place => place.get()))),
  ],
}
const verdicts = new Map<string, number>()
let slowest = 0

interface Mutant {
  readonly how: string
  readonly bytes: Uint8Array
  readonly signed: boolean
}

async function mutantOf(sample: Sample, random: Random): Promise<Mutant> {
  if (random.chance(SIGNED_ONE_IN)) {
    const text = await resign(sample.text, random, world)
    if (text !== undefined) return { how: 'resign', bytes: utf8(text), signed: true }
  }
  let bytes = utf8(sample.text)
  const done: string[] = []
  // Mostly one change: two often undo what makes either interesting.
  for (let i = 0; i === 0 || random.chance(4); i++) {
    const how = random.pick(Object.keys(MUTATIONS))
    try {
      const changed = MUTATIONS[how]!(fromUtf8(bytes) ?? sample.text, random, pool)
      bytes = typeof changed === 'string' ? utf8(changed) : new Uint8Array(changed)
      done.push(how)
    } catch {
      // The change before left nothing that this one knows how to read.
      if (done.length > 0) break
    }
  }
  return { how: done.join('+'), bytes, signed: false }
}

/** What is wrong with the verdict; undefined: nothing. */
async function judge({ bytes, signed }: Mutant, open: Open): Promise<string | undefined> {
  try {
    const { head, meaning } = await meaningOf(bytes, open)
    verdicts.set('ok', (verdicts.get('ok') ?? 0) + 1)
    if (!signed) return meanings.get(head) === meaning ? undefined : 'accepted, and means something else'
    const broken = violations(fromUtf8(bytes)!, world.now)
    return broken.length === 0 ? undefined : `accepted, against ${broken.join(', ')}`
  } catch (error) {
    if (!(error instanceof EnsignError) || error.code === 'internal') return `crashed: ${(error as Error).stack}`
    verdicts.set(error.code, (verdicts.get(error.code) ?? 0) + 1)
    return undefined
  }
}

/** CPU of all threads, so that other work on this machine does not count. */
async function timed(work: () => Promise<string | undefined>): Promise<{ wrong: string | undefined; ms: number }> {
  const before = process.cpuUsage()
  const wrong = await work()
  const { user, system } = process.cpuUsage(before)
  return { wrong, ms: (user + system) / 1_000 }
}

async function runOne(run: number): Promise<void> {
  const random = createRandom(Math.imul(seed, 0x9e3779b1) ^ run)
  const sample = random.pick(samples)
  const mutant = await mutantOf(sample, random)
  // What is signed anew has a log of its own, which only a client without memory takes.
  const open = mutant.signed ? sample.cold : random.pick(sample.clients)
  const allowed = LIMIT_MS + mutant.bytes.length / BYTES_PER_MS
  let { wrong, ms } = await timed(() => judge(mutant, open))
  // A pause of the garbage collector is nobody's fault: what is really slow is slow again.
  for (let again = 0; ms > allowed && again < 3; again++) {
    ms = Math.min(ms, (await timed(() => judge(mutant, open))).ms)
  }
  slowest = Math.max(slowest, ms)
  if (ms > allowed) wrong ??= `took ${ms.toFixed(1)} ms for ${mutant.bytes.length} bytes`
  if (wrong === undefined) return
  mkdirSync(REPORTS, { recursive: true })
  const file = join(REPORTS, `${seed}-${run}.ndjson`)
  writeFileSync(file, mutant.bytes)
  console.error(`run ${run} of seed ${seed}, ${mutant.how} of "${sample.name}": ${wrong}\n  ${file}`)
  process.exitCode = 1
}

const started = performance.now()
for (let run = 0; run < runs; run++) {
  await runOne(run)
  if (run % 50_000 === 49_999) console.log(`${run + 1} runs, ${((performance.now() - started) / 1000).toFixed(0)} s`)
}
const seconds = (performance.now() - started) / 1000
console.log(`${runs} mutants of seed ${seed} in ${seconds.toFixed(1)} s; the slowest took ${slowest.toFixed(1)} ms`)
for (const [code, count] of [...verdicts].sort((a, b) => b[1] - a[1]))
  console.log(`${String(count).padStart(8)}  ${code}`)
