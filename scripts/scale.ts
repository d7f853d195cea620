/**
 * Times the way of a change on many flags, each command in a process of its own as people run them. Several builds of
 * the command are run in alternation, so that before and after meet the same machine.
 *
 *   npm run build:js && node scripts/run.mjs scripts/scale.ts [FLAGS] [dist/cli/main.js ...]
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const FLAGS = Number(process.argv[2] ?? 10_000)
const BINS = (process.argv.length > 3 ? process.argv.slice(3) : ['dist/cli/main.js']).map(bin => resolve(bin))
const base = mkdtempSync(join(tmpdir(), 'ensign-scale-'))

const COUNTRIES = ['NL', 'BE', 'DE', 'FR', 'ES', 'IT', 'SE']

function flagText(i: number): string {
  const salt = `s${(i * 2654435761).toString(16).padStart(8, '0')}`
  return `# Flag ${i}.
key: flag-${i}
description: What flag ${i} switches.
type: boolean
owner: team-${i % 40}
kind: release
risk: low
expires: "2027-0${(i % 9) + 1}-01"
salt: ${salt}
environments:
  staging: { enabled: true, otherwise: on }
  production:
    enabled: true
    rules:
      - { id: staff, when: { segment: staff }, serve: on }
      - id: first
        when: { country: { in: [ ${COUNTRIES.slice(0, 1 + (i % 6)).join(', ')} ] }, plan: [ pro, team ], app.version: { version: ">=5.${i % 20}" } }
        rollout: ${1 + (i % 99)}
    otherwise: off
`
}

function testText(i: number): string {
  return `flag: flag-${i}
environment: production
tests:
  - { name: staff have it, context: { role: staff }, expect: true }
  - { name: the others not, context: { userId: u1, country: XX }, expect: false }
`
}

interface Run {
  readonly seconds: number
  readonly cpu: number
  readonly megabytes: number
  readonly said: string
}

function ensign(bin: string, cwd: string, args: readonly string[], wanted = 0): Run {
  const start = performance.now()
  const run = spawnSync('/usr/bin/time', ['-f', '%M %U %S', process.execPath, bin, ...args], { cwd, encoding: 'utf8' })
  const seconds = (performance.now() - start) / 1000
  if (run.status !== wanted) throw new Error(`${args.join(' ')}: ended with ${run.status}\n${run.stderr}`)
  const figures = run.stderr.trim().split('\n').at(-1)!.split(' ').map(Number)
  const [kilobytes, user, system] = figures as [number, number, number]
  const said = run.stdout.trim().split('\n').at(-1)!.trim()
  return { seconds, cpu: user + system, megabytes: Math.round(kilobytes / 1024), said }
}

/** The first release of all flags, and then one flag changed: what people wait for each day. */
function fill(dir: string): void {
  for (const folder of ['flags', 'segments', 'tests']) {
    rmSync(join(dir, folder), { recursive: true, force: true })
    mkdirSync(join(dir, folder), { recursive: true })
  }
  const put = (file: string, text: string) => writeFileSync(join(dir, file), text)
  const attributes = ['userId', 'country', 'plan', 'role'].map(name => `  - { name: ${name}, type: string }`)
  put('attributes.yaml', `attributes:\n${attributes.join('\n')}\n  - { name: app.version, type: version }\n`)
  put('segments/staff.yaml', 'key: staff\nwhen: { role: staff }\n')
  for (let i = 0; i < FLAGS; i++) put(`flags/flag-${i}.yaml`, flagText(i))
  for (let i = 0; i < FLAGS; i += 10) put(`tests/flag-${i}.spec.yaml`, testText(i))
}

const DAY: readonly (readonly [name: string, args: readonly string[]])[] = [
  ['lint', ['lint']],
  ['test', ['test']],
  ['diff', ['diff', '-e', 'production']],
  ['propose', ['propose', '-e', 'production', '--reason', 'scale', '--as', 'alice', '--id', 'ID']],
  ['approve', ['approve', 'ID', '--as', 'bob', '--yes']],
  ['publish', ['publish', 'ID']],
]
/** What the figure to reach counts; an approval is somebody else's time. */
const COUNTED = new Set(['lint', 'test', 'diff', 'propose', 'publish'])

try {
  const shops = BINS.map((bin, i) => {
    const dir = join(base, String(i))
    ensign(bin, base, ['init', String(i), '--project', 'scale'])
    fill(dir)
    return { bin, dir }
  })
  for (const id of ['first', 'second']) {
    const sums = BINS.map(() => 0)
    const peaks = BINS.map(() => 0)
    console.log(id === 'first' ? `${FLAGS} flags, all new` : `one of ${FLAGS} flags changed`)
    for (const { dir } of id === 'first' ? [] : shops) {
      const file = join(dir, 'flags/flag-7.yaml')
      writeFileSync(file, readFileSync(file, 'utf8').replace(/rollout: \d+/, 'rollout: 80'))
    }
    for (const [name, args] of DAY) {
      for (const [i, { bin, dir }] of shops.entries()) {
        const run = ensign(
          bin,
          dir,
          args.map(arg => (arg === 'ID' ? id : arg)),
        )
        if (COUNTED.has(name)) sums[i]! += run.seconds
        peaks[i] = Math.max(peaks[i]!, run.megabytes)
        const of = BINS.length === 1 ? '' : `  ${String.fromCharCode(65 + i)}`
        console.log(
          `  ${name.padEnd(8)}${of} ${run.seconds.toFixed(2)} s (cpu ${run.cpu.toFixed(2)} s)  ${run.megabytes} MB  ${run.said}`,
        )
      }
    }
    for (const i of BINS.keys()) {
      const of = BINS.length === 1 ? '' : ` ${String.fromCharCode(65 + i)}`
      console.log(`  lint, test, diff, propose and publish${of}: ${sums[i]!.toFixed(2)} s, peak ${peaks[i]} MB`)
    }
  }
} finally {
  rmSync(base, { recursive: true, force: true })
}
