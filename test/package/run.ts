/**
 * The package as its users get it: packs it, has publint and attw read the tarball, installs it into an empty project,
 * and uses every entry from ES modules, CommonJS, TypeScript (node16 and bundler resolution), Node, Deno, Bun and workerd.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { HOSTS, layOut, runIn } from './hosts.ts'

const root = resolve(import.meta.dirname, '../..')
const packed = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const entries = Object.keys(packed.exports)
  .filter(name => name !== './package.json')
  .map(name => `ensign-flags${name.slice(1)}`)
const peers = Object.keys(packed.peerDependencies ?? {})
const folder = mkdtempSync(join(tmpdir(), 'ensign-package-'))
let failed = 0

async function step(name: string, run: () => unknown): Promise<void> {
  try {
    await run()
    console.log(`ok    ${name}`)
  } catch (error) {
    failed++
    const { stdout, stderr, message } = error as { stdout?: Buffer; stderr?: Buffer; message: string }
    console.log(`FAIL  ${name}\n${[message, stdout, stderr].filter(Boolean).join('\n')}`)
  }
}

const run = (command: string, args: string[], cwd: string) =>
  execFileSync(command, args, { cwd, stdio: 'pipe', maxBuffer: 1e8 }).toString()
const bin = (name: string) => join(root, 'node_modules/.bin', name)

try {
  const [{ filename }] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', folder], root))
  const tarball = join(folder, filename)
  await step('publint', () => run(bin('publint'), ['run', tarball, '--strict'], root))
  await step('attw', () => run(bin('attw'), [tarball, '--no-emoji', '--profile', 'node16'], root))

  const project = join(folder, 'project')
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), '{ "name": "consumer", "private": true }')
  const typescript = JSON.parse(readFileSync(join(root, 'node_modules/typescript/package.json'), 'utf8')).version
  await step('install', () =>
    run(
      'npm',
      ['install', '--prefer-offline', tarball, `typescript@${typescript}`, '@types/node@20', ...peers],
      project,
    ),
  )
  await step('no install scripts', () => {
    const scripts = Object.keys(packed.scripts).filter(name => /^(pre|post)?install$|^prepare$/.test(name))
    if (scripts.length > 0) throw new Error(`package.json runs ${scripts.join(', ')} on install`)
  })
  for (const entry of entries) {
    await step(`${entry}: same names from import and require`, () => {
      const esm = run(
        'node',
        ['--input-type=module', '-e', `console.log(Object.keys(await import('${entry}')).sort().join())`],
        project,
      )
      const cjs = run('node', ['-e', `console.log(Object.keys(require('${entry}')).sort().join())`], project)
      if (esm !== cjs) throw new Error(`import gives ${esm}require gives ${cjs}`)
      if (esm.trim() === '') throw new Error('exports nothing')
    })
  }
  const uses = entries.map(
    (entry, i) => `import * as e${i} from '${entry}'\nexport const n${i}: number = Object.keys(e${i}).length`,
  )
  writeFileSync(join(project, 'use.mts'), uses.join('\n'))
  writeFileSync(join(project, 'use.cts'), uses.join('\n'))
  writeFileSync(join(project, 'use.ts'), uses.join('\n'))
  const strict = ['--noEmit', '--strict', '--target', 'es2023', '--lib', 'es2023,esnext.disposable', '--types', 'node']
  const tsc = join(project, 'node_modules/.bin/tsc')
  await step('TypeScript, node16', () =>
    run(tsc, [...strict, '--module', 'nodenext', '--moduleResolution', 'nodenext', 'use.mts', 'use.cts'], project),
  )
  await step('TypeScript, bundler', () =>
    run(tsc, [...strict, '--module', 'esnext', '--moduleResolution', 'bundler', 'use.ts'], project),
  )
  await step('ensign --version', () => {
    const printed = run(join(project, 'node_modules/.bin/ensign'), ['--version'], project)
    if (!printed.includes(packed.version)) throw new Error(`it prints ${printed}`)
  })
  await step('a workspace is published by the installed command', () => layOut(project))
  for (const runtime of HOSTS) {
    if (runtime.executable !== undefined) await step(`used in ${runtime.name}`, () => runIn(runtime, project))
    else if (process.env.CI === undefined)
      console.log(`skip  used in ${runtime.name}: not installed: ${runtime.missing}`)
    else await step(`used in ${runtime.name}`, () => Promise.reject(new Error(`not installed: ${runtime.missing}`)))
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exitCode = failed > 0 ? 1 : 0
