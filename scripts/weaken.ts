/**
 * node scripts/run.mjs scripts/weaken.ts: takes one refusal of the verifier out at a time and runs the attacks that it
 * refuses. A refusal that no attack notices is missing a case, or is one that another makes needless: those stand in
 * REDUNDANT with the reason.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'
import type { Attack } from '../test/attacks/attack.ts'
import type { Library, Verdict } from '../test/attacks/run.ts'
import { REDUNDANT } from './weaken/redundant.ts'

const SRC = resolve(import.meta.dirname, '../src')
const FOLDERS = ['trust', 'bundle']

/** The build under test has a `must` whose clauses can be switched off, one at a time. */
const switchable: Plugin = {
  name: 'switchable',
  setup(setup) {
    setup.onLoad({ filter: /src\/base\/must\.ts$/ }, () => ({
      loader: 'ts',
      contents: `
        import { EnsignError } from './errors.ts'
        export const weakening = { clause: '' }
        export function must(clause, holds, code, at, what = code) {
          if (!holds && clause !== weakening.clause) throw new EnsignError(code, what + ' [' + clause + ']', { at })
        }`,
    }))
  },
}

interface Weakened extends Library {
  readonly weakening: { clause: string }
  readonly ATTACKS: readonly Attack[]
  readonly judge: (library: Library, attack: Attack, before: () => void) => Promise<Verdict>
}

async function buildWeakened(): Promise<Weakened> {
  const folder = await mkdtemp(join(import.meta.dirname, '.weaken-'))
  try {
    await writeFile(
      join(folder, 'entry.ts'),
      `export { openState } from '../../src/bundle/open.ts'
       export { ATTACKS, judge } from '../../test/attacks/run.ts'
       export { weakening } from '../../src/base/must.ts'`,
    )
    await build({
      entryPoints: [join(folder, 'entry.ts')],
      outfile: join(folder, 'weakened.mjs'),
      bundle: true,
      format: 'esm',
      platform: 'neutral',
      mainFields: ['module', 'main'],
      plugins: [switchable],
      logLevel: 'error',
    })
    return (await import(pathToFileURL(join(folder, 'weakened.mjs')).href)) as Weakened
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function clausesOf(): string[] {
  const clauses = new Set<string>()
  for (const folder of FOLDERS) {
    for (const name of readdirSync(join(SRC, folder), { encoding: 'utf8' })) {
      const text = readFileSync(join(SRC, folder, name), 'utf8')
      for (const [, clause] of text.matchAll(/\bmust\(\s*'([^']+)'/g)) clauses.add(clause!)
    }
  }
  return [...clauses].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
}

const { openState, ATTACKS, judge, weakening } = await buildWeakened()

/** Which attacks each clause refuses, when nothing is weakened. */
const refusedBy = new Map<string, { attack: Attack; got: string }[]>()
let wrong = 0
for (const attack of ATTACKS) {
  const { got, expected, message } = await judge({ openState }, attack, () => {})
  if (got !== expected) {
    wrong++
    console.error(`${attack.id}: ${got} and not ${expected}, with nothing weakened`)
  }
  const clause = /\[([\dFP.]+)\]$/.exec(message)?.[1]
  if (clause !== undefined) refusedBy.set(clause, [...(refusedBy.get(clause) ?? []), { attack, got }])
}

let missed = 0
for (const clause of clausesOf()) {
  const noticed: string[] = []
  for (const { attack, got } of refusedBy.get(clause) ?? []) {
    weakening.clause = ''
    const verdict = await judge({ openState }, attack, () => {
      weakening.clause = clause
    })
    weakening.clause = ''
    if (verdict.got !== got) noticed.push(`${attack.id} -> ${verdict.got}`)
  }
  const reason = REDUNDANT[clause]
  if (noticed.length > 0)
    console.log(`${clause.padEnd(6)}noticed by ${noticed.length}: ${noticed.slice(0, 3).join(', ')}`)
  else if (reason !== undefined) console.log(`${clause.padEnd(6)}redundant: ${reason}`)
  else {
    missed++
    console.error(
      `${clause.padEnd(6)}NOT NOTICED; refuses ${(refusedBy.get(clause) ?? []).map(one => one.attack.id).join(', ') || 'nothing'}`,
    )
  }
  if (noticed.length > 0 && reason !== undefined) {
    missed++
    console.error(`${clause.padEnd(6)}stands as redundant and is noticed`)
  }
}
console.log(`${ATTACKS.length} attacks; ${missed} checks unnoticed, ${wrong} verdicts wrong`)
process.exitCode = missed + wrong > 0 ? 1 : 0
