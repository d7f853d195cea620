import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RUNTIMES } from '../runtimes/runtimes.ts'
import { checkoutOf, EXAMPLES, serveShop } from './shop.ts'

let shop: Awaited<ReturnType<typeof serveShop>>
beforeAll(async () => {
  shop = await serveShop()
})
afterAll(() => shop.close())

const run = promisify(execFile)
const pathOf = (name: string) => join(EXAMPLES, name)

async function expectShop(url: string): Promise<void> {
  expect(await checkoutOf(url, 'u-ann')).toEqual({ page: 'one page', release: 1 })
  expect(await checkoutOf(url, 'u-zoe')).toEqual({ page: 'classic', release: 1 })
}

describe('examples', () => {
  it.each(readdirSync(EXAMPLES))('%s has at most 60 lines', name => {
    expect(readFileSync(pathOf(name), 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(60)
  })

  it('fastify.mjs', async () => {
    const url = await shop.start(process.execPath, [pathOf('fastify.mjs')])
    await expectShop(url)
    expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ status: 'current' })
  })

  it('express.mjs', async () => {
    await expectShop(await shop.start(process.execPath, [pathOf('express.mjs')]))
  })

  it('openfeature.mjs', async () => {
    const env = { ...process.env, ENSIGN_URL: shop.url }
    const { stdout } = await run(process.execPath, [pathOf('openfeature.mjs')], { cwd: shop.folder, env })
    expect(JSON.parse(stdout)).toEqual({ value: true, variant: 'on', reason: 'TARGETING_MATCH', rule: 'staff' })
  })

  it('next-middleware.mjs', async () => {
    Object.assign(process.env, { ENSIGN_URL: shop.url, ENSIGN_ROOT_DIGEST: shop.digest })
    const { middleware } = (await import(pathOf('next-middleware.mjs'))) as {
      middleware: (request: Request) => Promise<Response>
    }
    const pageOf = async (user: string) => {
      const request = new Request('https://shop.example/checkout', { headers: { cookie: `a=b; user=${user}` } })
      return (await middleware(request)).headers.get('x-middleware-rewrite')
    }
    expect(await pageOf('u-ann')).toBe('https://shop.example/checkout/one-page')
    expect(await pageOf('u-zoe')).toBe('https://shop.example/checkout/classic')
  })
})

/** As a bundler or installer lays it out: one file, with the conditions of that runtime. */
async function bundled(name: string, conditions: string[]): Promise<string> {
  const outfile = join(shop.folder, name)
  await build({
    entryPoints: [pathOf(name)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    external: ['node:*'],
    mainFields: ['module', 'main'],
    conditions,
    logLevel: 'error',
  })
  return outfile
}

const runtimeOf = (name: string) => RUNTIMES.find(one => one.name === name)!

const CONFIG = (url: string, digest: string) => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "internet", network = (allow = ["local", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [(name = "worker.mjs", esModule = embed "worker.mjs")],
  compatibilityDate = "2026-11-01",
  bindings = [
    (name = "ENSIGN_URL", text = "${url}"),
    (name = "ROOT_DIGEST", text = "${digest}"),
    (name = "FLOOR", text = "1"),
  ],
);
`

describe.each([
  ['Deno', 'deno.mjs', ['deno', 'import']],
  ['Bun', 'bun.mjs', ['bun', 'import']],
  ['workerd', 'worker.mjs', ['workerd', 'import']],
] as const)('in %s', (name, example, conditions) => {
  const runtime = runtimeOf(name)
  const missing = runtime.executable === undefined ? ` (skipped: not installed: ${runtime.missing})` : ''

  it.skipIf(missing !== '')(`${example}${missing}`, async () => {
    const file = await bundled(example, [...conditions])
    if (runtime.kind === 'command') {
      const allow = name === 'Deno' ? ['--allow-net', '--allow-read', '--allow-env'] : []
      await expectShop(await shop.start(runtime.executable!, [...runtime.args, ...allow, file]))
      return
    }
    writeFileSync(join(shop.folder, 'config.capnp'), CONFIG(shop.url, shop.digest))
    await expectShop(await shop.start(runtime.executable!, ['serve', '--control-fd=3', 'config.capnp'], 3))
  })
})
