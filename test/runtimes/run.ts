// npm run test:runtimes: attacks, vectors and functional cases, bundled once, under every runtime that is installed.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { runBrowser } from './browser.ts'
import { runCommand } from './command.ts'
import { RUNTIMES, type Runtime } from './runtimes.ts'
import type { Report } from './suite.ts'
import { runWorkerd } from './workerd.ts'

const RUNNERS: Record<Runtime['kind'], (runtime: Runtime, folder: string) => Promise<Report>> = {
  command: runCommand,
  workerd: runWorkerd,
  browser: runBrowser,
}

interface Row {
  readonly name: string
  readonly verdict: 'ok' | 'failed' | 'skipped'
  readonly note: string
}

async function runOne(runtime: Runtime, folder: string): Promise<Row> {
  if (runtime.executable === undefined) {
    return { name: runtime.name, verdict: 'skipped', note: `not installed: ${runtime.missing}` }
  }
  const started = performance.now()
  try {
    const { passed, failed } = await RUNNERS[runtime.kind](runtime, folder)
    for (const { name, message } of failed) console.error(`${runtime.name}: ${name}\n  ${message}`)
    const note = `${passed} passed, ${failed.length} failed, ${((performance.now() - started) / 1000).toFixed(1)} s`
    return { name: runtime.name, verdict: failed.length === 0 && passed > 0 ? 'ok' : 'failed', note }
  } catch (error) {
    return { name: runtime.name, verdict: 'failed', note: error instanceof Error ? error.message : String(error) }
  }
}

const VECTORS = join(import.meta.dirname, '../vectors')
const names = (await readdir(VECTORS)).filter(name => name.endsWith('.json'))
const vectors = await Promise.all(names.map(name => readFile(join(VECTORS, name), 'utf8')))

const folder = await mkdtemp(join(tmpdir(), 'ensign-runtimes-'))
const rows: Row[] = []
try {
  // No platform: what needs a module of Node's fails here, and not only in the browser.
  await build({
    entryPoints: [join(import.meta.dirname, 'suite.ts')],
    outfile: join(folder, 'suite.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'es2023',
    define: { VECTORS: `[${vectors.join(',')}]` },
    logLevel: 'error',
  })
  await writeFile(
    join(folder, 'main.mjs'),
    "import { runSuite } from './suite.mjs'\nconsole.log(JSON.stringify(await runSuite()))\n",
  )
  const wanted = process.argv.slice(2)
  for (const runtime of RUNTIMES) {
    if (
      wanted.length > 0 &&
      !wanted.some(name => runtime.name.toLowerCase().replace(' ', '').startsWith(name.toLowerCase()))
    )
      continue
    rows.push(await runOne(runtime, folder))
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}

for (const { name, verdict, note } of rows) console.log(`${name.padEnd(10)}${verdict.padEnd(9)}${note}`)
const isShort = process.env.CI !== undefined && rows.some(row => row.verdict === 'skipped')
if (isShort) console.error('CI must run all of them: a runtime was skipped.')
if (isShort || rows.length === 0 || rows.some(row => row.verdict === 'failed')) process.exitCode = 1
