import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { formatTime } from '../../src/base/time.ts'
import { createClient } from '../../src/index.node.ts'
import { submitRelease, submitStop } from '../../src/publisher/publish/submit.ts'
import { folderStore } from '../../src/publisher/stores/folder.ts'
import { blocksOf, ROOT } from '../docs/blocks.ts'
import { DAY, flag, openShop, rulesOf } from '../publisher/support/shop.ts'
import { NGINX, nginxes, WITHOUT } from './nginx.ts'
import { fileWorld, headFile, listen, until } from './support.ts'

const PAGE = blocksOf(readFileSync(join(ROOT, 'docs/guide/nginx.md'), 'utf8')).filter(one => one.language === 'nginx')
const EXAMPLE = readFileSync(join(ROOT, 'examples/nginx.conf'), 'utf8')
const servers = nginxes()
const { folder } = servers
afterAll(() => servers.close())

it('the page shows the example', () => {
  expect(PAGE[0]!.text).toBe(EXAMPLE)
})

describe.skipIf(NGINX === undefined)(`nginx${WITHOUT}`, () => {
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
    const url = await servers.start(EXAMPLE, [['/srv/flags', store]])

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

  it('carries a store to a client that follows it', async () => {
    const store = join(folder, 'followed')
    const started = Date.now()
    const shop = await openShop({
      store: folderStore(store),
      now: Date.now,
      root: root => ({ ...root, issued: formatTime(started - DAY), expires: formatTime(started + 300 * DAY) }),
    })
    await submitRelease(shop.publisher(), await shop.propose(rulesOf({ 'new-checkout': flag(true) })))
    const url = await servers.start(EXAMPLE, [['/srv/flags', store]])
    const about = { url, project: 'shop', environment: 'production', root: shop.root } as const
    const client = createClient({ ...about, mode: 'poll', pollInterval: 1_000 })
    const { ok } = await client.ready({ timeout: 20_000 })
    expect([ok, client.isEnabled('new-checkout')]).toEqual([true, true])
    await submitStop(shop.publisher(), await shop.stop(['new-checkout']))
    await until(() => !client.isEnabled('new-checkout'))
    expect(client.provenance()).toMatchObject({
      status: 'current',
      inForce: { stops: [{ reason: 'errors at the till' }] },
    })
    await client.close()
  })

  it('passes streams of the server on as they come, and nothing but the store', async () => {
    const world = fileWorld({ 'production/head.json': headFile(1) })
    const server = await listen({ store: world.store })
    const url = await servers.start(`events {} http {\n${PAGE[1]!.text}}`, [
      ['127.0.0.1:8080', `127.0.0.1:${server.port}`],
    ])
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
