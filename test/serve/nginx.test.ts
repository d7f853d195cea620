import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { blocksOf, ROOT } from '../docs/blocks.ts'
import { fileWorld, headFile, listen, until } from './support.ts'

const NGINX = ['/usr/sbin/nginx', 'nginx'].find(name => spawnSync(name, ['-v']).status === 0)
const PAGE = blocksOf(readFileSync(join(ROOT, 'docs/guide/nginx.md'), 'utf8')).filter(one => one.language === 'nginx')
const folder = mkdtempSync(join(tmpdir(), 'ensign-nginx-'))
const running: ChildProcess[] = []
afterAll(async () => {
  for (const child of running) {
    const gone = new Promise(resolve => child.once('exit', resolve))
    child.kill('SIGTERM')
    await gone
  }
  rmSync(folder, { recursive: true })
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}

/** The block of the page with address, folder and upstream of this test; TLS is left out. */
async function nginx(block: string, replace: readonly (readonly [string, string])[]): Promise<string> {
  const port = await freePort()
  let server = block.replace('listen 443 ssl;', `listen 127.0.0.1:${port};`).replaceAll(/^\s*ssl_.*\n/gm, '')
  for (const [from, to] of replace) {
    expect(server).toContain(from)
    server = server.replaceAll(from, to)
  }
  const home = mkdtempSync(join(folder, 'home-'))
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map(name => `${name}_temp_path ${home}/${name};`)
    .join('\n')
  const user = process.getuid?.() === 0 ? 'user root;' : ''
  const config = `${user} daemon off; pid ${home}/pid; error_log ${home}/error.log; worker_processes 1;
    events { worker_connections 256; } http { access_log off; ${temporary} ${server} }`
  writeFileSync(join(home, 'nginx.conf'), config)
  const child = spawn(NGINX!, ['-p', home, '-e', join(home, 'error.log'), '-c', join(home, 'nginx.conf')])
  running.push(child)
  const url = `http://127.0.0.1:${port}`
  let up = false
  const probe = async () => {
    while (!up && child.exitCode === null) up = (await fetch(url).catch(() => undefined)) !== undefined
  }
  await probe()
  expect(readFileSync(join(home, 'error.log'), 'utf8')).not.toContain('[emerg]')
  return url
}

describe.skipIf(NGINX === undefined)('nginx (where it is installed)', () => {
  it('serves the folder as the page says', async () => {
    const store = join(folder, 'store')
    const put = (path: string, bytes: Uint8Array | string) => {
      mkdirSync(dirname(join(store, path)), { recursive: true })
      writeFileSync(join(store, path), bytes)
    }
    const part = JSON.stringify({ flags: {}, filler: 'x'.repeat(2_000) })
    const digest = createHash('sha256').update(part).digest('hex')
    put('v1/shop/production/head.json', headFile(1))
    put(`v1/shop/production/parts/${digest}.json`, part)
    put('v1/shop/roots/1.json', '{}')
    put('v1/shop/production/log/1/tile/0/000.p/3', 'abc')
    put('.ensign/lock', 'secret')
    put('v1/shop/.ensign/lock', 'secret')
    const url = await nginx(PAGE[0]!.text, [['/srv/flags', store]])

    const head = await fetch(`${url}/v1/shop/production/head.json`)
    expect(new Uint8Array(await head.arrayBuffer())).toEqual(headFile(1))
    expect(head.headers.get('cache-control')).toBe('public, no-cache, no-transform')
    expect(head.headers.get('content-type')).toBe('application/json')
    // Same second, same size: no condition may turn the new head into a 304.
    expect(head.headers.get('etag')).toBeNull()
    put('v1/shop/production/head.json', headFile(2))
    const since = { 'if-modified-since': new Date(Date.now() + 60_000).toUTCString(), 'if-none-match': '*' }
    const next = await fetch(`${url}/v1/shop/production/head.json`, { headers: since })
    expect(new Uint8Array(await next.arrayBuffer())).toEqual(headFile(2))

    for (const path of [`production/parts/${digest}.json`, 'roots/1.json', 'production/log/1/tile/0/000.p/3']) {
      const answer = await fetch(`${url}/v1/shop/${path}`)
      expect(answer.status, path).toBe(200)
      expect(answer.headers.get('cache-control')).toContain('immutable')
    }
    const packed = await fetch(`${url}/v1/shop/production/parts/${digest}.json`, {
      headers: { 'accept-encoding': 'gzip' },
    })
    expect(packed.headers.get('content-encoding')).toBe('gzip')
    expect(await packed.text()).toBe(part)
    const missing = await fetch(`${url}/v1/shop/roots/2.json`)
    expect(missing.status).toBe(404)
    expect(missing.headers.get('cache-control')).toBeNull()
    for (const path of ['/.ensign/lock', '/v1/shop/.ensign/lock', '/v1/shop/production/', '/v1/']) {
      expect((await fetch(url + path)).status, path).toBe(404)
    }
  })

  it('passes streams of the server on as they come, and nothing but the store', async () => {
    const world = fileWorld({ 'production/head.json': headFile(1) })
    const server = await listen({ store: world.store })
    const url = await nginx(PAGE[1]!.text, [['127.0.0.1:8080', `127.0.0.1:${server.port}`]])
    const answer = await fetch(`${url}/v1/shop/production/stream`)
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    const read = (async () => {
      for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) text += chunk.value
    })()
    await until(() => text.includes('id: 1.1'))
    world.push(headFile(2))
    await until(() => text.includes('id: 1.2'))
    const tag = (await fetch(`${url}/v1/shop/production/head.json`)).headers.get('etag')!
    const again = await fetch(`${url}/v1/shop/production/head.json`, { headers: { 'if-none-match': tag } })
    expect(again.status).toBe(304)
    expect((await fetch(`${url}/metrics`)).status).toBe(404)
    expect((await fetch(`${url}/readyz`)).status).toBe(404)
    await reader.cancel()
    await read
    await server.close()
  })
})
