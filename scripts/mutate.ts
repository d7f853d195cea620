/**
 * npm run mutate -- [--files PART_OF_PATH] [--sample N] [--seed S] [--minutes M] [--json FILE]: changes src/rules
 * in one small place at a time and tells which changes no check notices. docs/mutation.md has the last score and what was judged.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createBundler } from './mutate/bundle.ts'
import { type Mutant, mutantsOf } from './mutate/mutants.ts'
import { createRunner, serve } from './mutate/worker.ts'

const ROOT = resolve(import.meta.dirname, '..')
const RULES = resolve(ROOT, 'src/rules')
/** Texts for people, and files without a statement. */
const LEFT_OUT = ['codes.ts', 'index.ts']
const LEAST_TIMEOUT_MS = 5_000
const WORKERS = 2

function allMutants(part: string): Mutant[] {
  const names = readdirSync(RULES, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts'))
  return names
    .filter(name => !LEFT_OUT.includes(name) && name.includes(part))
    .sort()
    .flatMap(name => mutantsOf(resolve(RULES, name), readFileSync(resolve(RULES, name), 'utf8')))
}

/** `count` of them in a fixed order of chance. */
function sampled(mutants: Mutant[], count: number, seed: number): Mutant[] {
  let state = seed >>> 0
  const keyed = mutants.map(mutant => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return { mutant, key: state }
  })
  return keyed
    .sort((a, b) => a.key - b.key)
    .slice(0, count)
    .map(({ mutant }) => mutant)
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      files: { type: 'string', default: '' },
      sample: { type: 'string', default: '1000000' },
      seed: { type: 'string', default: '1' },
      minutes: { type: 'string', default: '600' },
      json: { type: 'string' },
    },
  })
  const all = allMutants(values.files)
  const mutants = sampled(all, Number(values.sample), Number(values.seed))
  const bundler = await createBundler()
  const unchanged = await bundler.build()
  const self = fileURLToPath(import.meta.url)
  let timeout = 120_000
  const runners = Array.from({ length: WORKERS }, () => createRunner(self, unchanged, () => timeout))
  const started = performance.now()
  await Promise.all(runners.map(one => one.run(unchanged)))
  const ready = performance.now()
  await Promise.all(runners.map(one => one.run(unchanged)))
  timeout = Math.max(LEAST_TIMEOUT_MS, 3 * (performance.now() - ready))
  console.error(
    `${mutants.length} of ${all.length} changes; ready in ${Math.round(ready - started)} ms, ` +
      `all checks take ${Math.round(performance.now() - ready)} ms`,
  )

  const results: { mutant: Mutant; by: string | null }[] = []
  const waiting = mutants.values()
  // One build at a time: the next waits for the one before, while the workers check.
  let building: Promise<unknown> = Promise.resolve()
  const build = (mutant: Mutant) => {
    const code = building.then(() => bundler.build(mutant.file, mutant.text))
    building = code.catch(() => {})
    return code
  }
  const work = async (runner: (typeof runners)[number]) => {
    for (const mutant of waiting) {
      if (performance.now() - ready > Number(values.minutes) * 60_000) return
      const code = await build(mutant).catch(() => undefined)
      if (code === undefined) continue
      const by = await runner.run(code)
      results.push({ mutant, by })
      if (by === null) console.error(`${relative(ROOT, mutant.file)}:${mutant.line}  ${mutant.change}`)
    }
  }
  await Promise.all(runners.map(work))
  for (const one of runners) one.end()
  await bundler.end()

  const rows = new Map<string, typeof results>()
  for (const result of results) {
    const name = relative(RULES, result.mutant.file)
    rows.set(name, [...(rows.get(name) ?? []), result])
  }
  const score = (list: typeof results) => {
    const caught = list.filter(({ by }) => by !== null).length
    return `${caught} of ${list.length} | ${((100 * caught) / list.length).toFixed(1)} %`
  }
  console.log('| file | noticed | |\n| --- | --- | --- |')
  for (const [name, list] of [...rows].sort()) console.log(`| \`${name}\` | ${score(list)} |`)
  console.log(`| all | ${score(results)} |`)
  const late = results.filter(({ by }) => by === 'time').length
  console.log(
    `\n${late} by time; ${((performance.now() - ready) / results.length / 1_000).toFixed(2)} s each, seed ${values.seed}`,
  )
  if (values.json !== undefined) {
    const told = results.map(({ mutant: { text: _, ...mutant }, by }) => ({ ...mutant, by }))
    writeFileSync(values.json, JSON.stringify(told, null, 1))
  }
}

if (process.argv.includes('--worker')) serve(resolve(ROOT, 'test/vectors'))
else await main()
