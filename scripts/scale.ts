/**
 * Times the workspace commands on many flags, each in a process of its own as people run them.
 *
 *   npm run build:js && node scripts/run.mjs scripts/scale.ts [FLAGS]
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const FLAGS = Number(process.argv[2] ?? 10_000)
const BIN = resolve('dist/cli/main.js')
const base = mkdtempSync(join(tmpdir(), 'ensign-scale-'))
const dir = join(base, 'work')

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

try {
  for (const folder of ['flags', 'segments', 'tests']) mkdirSync(join(dir, folder), { recursive: true })
  const put = (file: string, text: string) => writeFileSync(join(dir, file), text)
  put('ensign.yaml', 'project: scale\nenvironments: [ staging, production ]\nunits: { user: userId }\nunit: user\n')
  const attributes = ['userId', 'country', 'plan', 'role'].map(name => `  - { name: ${name}, type: string }`)
  put('attributes.yaml', `attributes:\n${attributes.join('\n')}\n  - { name: app.version, type: version }\n`)
  put('segments/staff.yaml', 'key: staff\nwhen: { role: staff }\n')
  for (let i = 0; i < FLAGS; i++) put(`flags/flag-${i}.yaml`, flagText(i))
  for (let i = 0; i < FLAGS; i += 10) put(`tests/flag-${i}.spec.yaml`, testText(i))
  cpSync(dir, join(base, 'main'), { recursive: true })
  const changed = readFileSync(join(dir, 'flags/flag-7.yaml'), 'utf8')
  put('flags/flag-7.yaml', changed.replace('rollout: 8', 'rollout: 80'))
  for (const args of [['lint'], ['test'], ['diff', '-e', 'production', '--against', '../main'], ['fmt', '--check']]) {
    const start = performance.now()
    const run = spawnSync('/usr/bin/time', ['-f', '%M %U %S', process.execPath, BIN, ...args], {
      cwd: dir,
      encoding: 'utf8',
    })
    const ms = performance.now() - start
    const [kilobytes, user, system] = run.stderr.trim().split('\n').at(-1)!.split(' ').map(Number) as [
      number,
      number,
      number,
    ]
    const said = run.stdout.trim().split('\n').at(-1)!.trim()
    const cpu = (user + system).toFixed(2)
    console.log(
      `${args[0]!.padEnd(6)} ${(ms / 1000).toFixed(2)} s (cpu ${cpu} s)  ${Math.round(kilobytes / 1024)} MB  ${said}`,
    )
  }
} finally {
  rmSync(base, { recursive: true, force: true })
}
