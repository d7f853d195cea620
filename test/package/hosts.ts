import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { build } from 'esbuild'
import { RUNTIMES, type Runtime } from '../runtimes/runtimes.ts'

const TIMEOUT_MS = 60_000

/** What each runtime does with the package that it found: verifies a published bundle, and asks for a flag. */
const USE = `import { openBundle } from 'ensign-flags/edge'
import { regex } from 'ensign-flags/regex'
import { createClient } from 'ensign-flags'
export async function use(bytes, digest) {
  const root = { version: 1, digest }
  const bundle = await openBundle(bytes, { project: 'shop', environment: 'production', root, regex })
  const client = createClient({ source: { get: async () => undefined }, project: 'shop', environment: 'production', root, bootstrap: bytes })
  const { ok } = await client.ready({ timeout: 20_000 })
  const asked = [bundle, client].map(flags => flags.explain('new-checkout', { userId: 'u-ann' }).rule)
  const { release } = bundle.provenance()
  await client.close()
  return JSON.stringify({ ok, asked, signers: release.signers })
}
`
const EXPECTED = '{"ok":true,"asked":["staff","staff"],"signers":["alice","bob"]}'

const COMMAND = `import { readFileSync } from 'node:fs'
import * as publisher from 'ensign-flags/publisher'
import * as serve from 'ensign-flags/serve'
import * as testing from 'ensign-flags/testing'
import { use } from './use.mjs'
if ([publisher, serve, testing].some(entry => Object.keys(entry).length === 0)) throw new Error('an empty entry')
console.log(await use(new Uint8Array(readFileSync('bundle.ndjson')), readFileSync('digest', 'utf8')))
`

const WORKER = `import bundle from './bundle.ndjson'
import digest from './digest'
import { use } from './use.mjs'
export default { fetch: async () => new Response(await use(new Uint8Array(bundle), digest)) }
`

const CONFIG = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [
    (name = "worker.mjs", esModule = embed "worker.bundled.mjs"),
    (name = "bundle.ndjson", data = embed "bundle.ndjson"),
    (name = "digest", text = embed "digest"),
  ],
  compatibilityDate = "2026-11-01",
);
`

/** Publishes a workspace with the installed command, and lays out the programs beside the installed package. */
export function layOut(project: string): void {
  const bin = join(project, 'node_modules/.bin')
  const ensign = (...args: string[]) =>
    execFileSync(join(bin, 'ensign'), args, { cwd: join(project), stdio: 'pipe' }).toString()
  ensign('init', 'shop', '--project', 'shop')
  ensign('propose', '-e', 'production', '--reason', 'first', '--as', 'alice', '--id', 'first', '-C', 'shop')
  ensign('approve', 'first', '--as', 'bob', '--yes', '-C', 'shop')
  ensign('publish', 'first', '-C', 'shop')
  cpSync(join(project, 'shop/store/v1/shop/production/bundle.ndjson'), join(project, 'bundle.ndjson'))
  const { root } = JSON.parse(ensign('inspect', 'bundle.ndjson', '--root', 'shop/roots/1.json', '--json'))
  writeFileSync(join(project, 'digest'), root.digest)
  writeFileSync(join(project, 'use.mjs'), USE)
  writeFileSync(join(project, 'main.mjs'), COMMAND)
  writeFileSync(join(project, 'worker.mjs'), WORKER)
  writeFileSync(join(project, 'config.capnp'), CONFIG)
}

export const HOSTS: readonly Runtime[] = RUNTIMES.filter(({ kind }) => kind !== 'browser')

/** Runs the package where it was installed, as the runtime itself resolves it. */
export async function runIn({ name, kind, executable, args }: Runtime, project: string): Promise<void> {
  const env = { ...process.env, DENO_DIR: join(project, '.deno'), DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' }
  const rights = name === 'Deno' ? ['--node-modules-dir=manual', '--allow-read', '--allow-env', '--allow-net'] : []
  const told =
    kind === 'workerd'
      ? await runWorker(executable!, project)
      : execFileSync(executable!, [...args, ...rights, 'main.mjs'], { cwd: project, env, timeout: TIMEOUT_MS })
          .toString()
          .trim()
  if (told !== EXPECTED) throw new Error(`${name} gives ${told}`)
}

/** Bundled by the conditions of workerd, as its tools do it. */
async function runWorker(executable: string, project: string): Promise<string> {
  await build({
    entryPoints: [join(project, 'worker.mjs')],
    outfile: join(project, 'worker.bundled.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    external: ['./bundle.ndjson', './digest'],
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'import'],
    logLevel: 'error',
  })
  if (readFileSync(join(project, 'worker.bundled.mjs'), 'utf8').includes('node:')) throw new Error('it needs Node')
  const child = spawn(executable, ['serve', '--control-fd=3', 'config.capnp'], {
    cwd: project,
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  })
  try {
    for await (const line of createInterface({ input: child.stdio[3] as Readable })) {
      const { event, port } = JSON.parse(line) as { event: string; port?: number }
      if (event !== 'listen') continue
      const answer = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(TIMEOUT_MS) })
      return await answer.text()
    }
    throw new Error('workerd ended before it listened')
  } finally {
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
}
