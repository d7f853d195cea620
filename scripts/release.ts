/**
 * npm run release -- [--publish] [--built] [--out FOLDER]
 *
 * Checks that version, changelog, tag and tree agree, builds, checks the package as its users get it, and writes the
 * tarball, its CycloneDX SBOM and their SHA-256 sums. Nothing leaves this machine without --publish, which wants the
 * provenance of a build service; without it, what would be refused is told. --built takes `dist` as it is.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { checkGround } from './release/checks.ts'
import { sbomOf } from './release/sbom.ts'

const ROOT = resolve(import.meta.dirname, '..')
const { values } = parseArgs({
  options: {
    publish: { type: 'boolean', default: false },
    'dry-run': { type: 'boolean', default: false },
    built: { type: 'boolean', default: false },
    out: { type: 'string', default: 'release' },
  },
})
if (values.publish && (values['dry-run'] || values.built)) {
  console.error('--publish builds, and is no dry run')
  process.exit(2)
}

const run = (command: string, args: readonly string[]) =>
  execFileSync(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] }).toString()
const text = (name: string) => readFileSync(join(ROOT, name), 'utf8')
const manifest = JSON.parse(text('package.json')) as { version: string; scripts: Record<string, string> }

const faults = checkGround({
  version: manifest.version,
  locked: (JSON.parse(text('package-lock.json')) as { version: string }).version,
  scripts: manifest.scripts,
  changelog: text('CHANGELOG.md'),
  status: run('git', ['status', '--porcelain']),
  tags: run('git', ['tag', '--points-at', 'HEAD']).split('\n'),
}).flatMap(({ name, fault }) => {
  console.log(fault === undefined ? `ok    ${name}` : `${values.publish ? 'FAIL ' : 'later'} ${name}: ${fault}`)
  return fault === undefined ? [] : [fault]
})
if (values.publish && faults.length > 0) process.exit(1)

if (!values.built) run('npm', ['run', '-s', 'test:package'])
const out = resolve(ROOT, values.out)
mkdirSync(out, { recursive: true })
const [packed] = JSON.parse(run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', out])) as [
  { filename: string; files: readonly { path: string }[] },
]
const strays = packed.files.filter(
  ({ path }) => !/^(?:dist|docs|schemas)\/|^[A-Z]+(?:\.md)?$|^package\.json$/.test(path),
)
if (strays.length > 0) throw new Error(`the package would hold ${strays.map(({ path }) => path).join(', ')}`)
console.log(`ok    ${packed.filename}, ${packed.files.length} files`)

const sbom = packed.filename.replace(/\.tgz$/, '.cdx.json')
writeFileSync(join(out, sbom), sbomOf(ROOT))
console.log(`ok    ${sbom}`)
const sums = [packed.filename, sbom].map(
  name =>
    `${createHash('sha256')
      .update(readFileSync(join(out, name)))
      .digest('hex')}  ${name}`,
)
writeFileSync(join(out, 'SHA256SUMS'), `${sums.join('\n')}\n`)
console.log(sums.join('\n'))

if (values.publish) {
  run('npm', ['publish', join(out, packed.filename), '--provenance', '--access', 'public', '--ignore-scripts'])
  console.log(`published ${manifest.version}`)
} else
  console.log(`nothing was published${faults.length > 0 ? `, and --publish would refuse: ${faults.join('; ')}` : ''}`)
