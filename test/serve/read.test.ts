import { createHash } from 'node:crypto'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { Hono } from 'hono'
import { afterEach, describe, expect, it } from 'vitest'
import { createFetchHandler, type FetchHandlerOptions } from '../../src/adapters/serve/fetch.ts'
import { utf8 } from '../../src/base/bytes.ts'
import { fileWorld, headFile, listen, type Running, raw } from './support.ts'

const PART = utf8(JSON.stringify({ flags: {}, segments: {}, filler: 'abc'.repeat(500) }))
const DIGEST = createHash('sha256').update(PART).digest('hex')
const BASE = '/v1/shop/production'
const PART_PATH = `${BASE}/parts/${DIGEST}.json`

const files = () =>
  fileWorld({
    'production/head.json': headFile(1),
    [`production/parts/${DIGEST}.json`]: PART,
    'roots/1.json': utf8('{"root":1}'),
  })

type Ask = (path: string, init?: RequestInit) => Promise<Response>
const servers: Running[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

/** Both handlers, and one inside a framework, give the same answers. */
const CARRIERS: Record<string, (options: FetchHandlerOptions) => Promise<Ask>> = {
  async node(options) {
    const { addressOf: _, ...rest } = options
    const server = await listen(rest)
    servers.push(server)
    return (path, init) => fetch(server.url + path, init)
  },
  async fetch(options) {
    const handler = createFetchHandler(options)
    return (path, init) => handler(new Request(`http://flags.test${path}`, init))
  },
  async hono(options) {
    const handler = createFetchHandler(options)
    const app = new Hono().all('*', context => handler(context.req.raw))
    return async (path, init) => app.request(path, init)
  },
}

/** The web's fetch decodes bodies by itself, so codings are looked at in the fetch handler alone. */
const plain = { 'accept-encoding': 'identity' }

/** The Prometheus text format: a line of help, of a type, or of a sample. */
const METRIC_LINE =
  /^(?:# HELP [a-z_]+ [^\n]+|# TYPE [a-z_]+ (?:counter|gauge)|[a-z_]+(?:\{[a-z]+="[^"\\]*"(?:,[a-z]+="[^"\\]*")*\})? (?:[0-9.e+]+|NaN))$/

describe.each(Object.entries(CARRIERS))('reading over %s', (_name, carry) => {
  it('gives the head to be asked for each time, and parts for ever', async () => {
    const ask = await carry({ store: files().store })
    const head = await ask(`${BASE}/head.json`)
    expect(head.status).toBe(200)
    expect(head.headers.get('cache-control')).toBe('public, no-cache, no-transform')
    expect(head.headers.get('content-type')).toBe('application/json')
    expect(new Uint8Array(await head.arrayBuffer())).toEqual(headFile(1))
    for (const path of [PART_PATH, '/v1/shop/roots/1.json']) {
      const { headers } = await ask(path)
      expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable, no-transform')
    }
  })

  it('answers 304 to its own tag, lists and weak forms, and 200 after a change', async () => {
    const world = files()
    const ask = await carry({ store: world.store, recheckMs: 0 })
    const etag = (await ask(`${BASE}/head.json`, { headers: plain })).headers.get('etag')!
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await ask(`${BASE}/head.json`, { headers: { ...plain, 'if-none-match': tag } })
      expect(again.status, tag).toBe(304)
      expect(again.headers.get('etag')).toBe(etag)
    }
    world.files.set('production/head.json', headFile(2))
    const changed = await ask(`${BASE}/head.json`, { headers: { ...plain, 'if-none-match': etag } })
    expect(changed.status).toBe(200)
    expect(new Uint8Array(await changed.arrayBuffer())).toEqual(headFile(2))
  })

  it('gives ranges of the file itself', async () => {
    const ask = await carry({ store: files().store })
    const rows = [
      ['bytes=0-9', 206, PART.slice(0, 10)],
      ['bytes=-5', 206, PART.slice(-5)],
      [`bytes=${PART.length - 3}-${PART.length + 100}`, 206, PART.slice(-3)],
      ['bytes=5-2', 200, PART],
      ['bytes=0-1,3-4', 200, PART],
      ['lines=0-1', 200, PART],
      [`bytes=${PART.length}-`, 416, undefined],
      ['bytes=-0', 416, undefined],
    ] as const
    for (const [range, status, body] of rows) {
      const answer = await ask(PART_PATH, { headers: { range, 'accept-encoding': 'br' } })
      expect(answer.status, range).toBe(status)
      if (body !== undefined && status === 206) {
        expect(new Uint8Array(await answer.arrayBuffer()), range).toEqual(body)
        expect(answer.headers.get('content-length')).toBe(String(body.length))
      }
    }
    const other = await ask(PART_PATH, { headers: { range: 'bytes=0-9', 'if-range': '"other"' } })
    expect(other.status).toBe(200)
  })

  it('answers HEAD without a body and other methods with 405', async () => {
    const ask = await carry({ store: files().store })
    const head = await ask(PART_PATH, { method: 'HEAD', headers: plain })
    expect(head.status).toBe(200)
    expect(head.headers.get('content-length')).toBe(String(PART.length))
    expect(await head.text()).toBe('')
    for (const method of ['PUT', 'DELETE', 'POST', 'PATCH']) {
      const answer = await ask(PART_PATH, { method })
      expect(answer.status).toBe(405)
      expect(answer.headers.get('allow')).toBe('GET, HEAD')
    }
    expect((await ask(`${BASE}/stops`)).status).toBe(405)
    expect((await ask(`${BASE}/stops`, { method: 'POST', body: '{}' })).status).toBe(404)
  })

  it('answers 404 for what is not there, and no cache keeps that', async () => {
    const ask = await carry({ store: files().store })
    for (const path of ['/', '/v1/shop/roots/2.json', '/v1/other/production/head.json', `${BASE}/parts/x.json`]) {
      const answer = await ask(path)
      expect(answer.status, path).toBe(404)
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(await answer.json()).toMatchObject({ error: { code: 'not_found' } })
    }
  })

  it('names an allowed origin and never echoes another', async () => {
    const ask = await carry({ store: files().store, cors: ['https://app.example.com'] })
    const allowed = await ask(`${BASE}/head.json`, { headers: { origin: 'https://app.example.com' } })
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://app.example.com')
    const other = await ask(`${BASE}/head.json`, { headers: { origin: 'https://evil.example.com' } })
    expect(other.headers.get('access-control-allow-origin')).toBeNull()
    expect(other.headers.get('vary')).toContain('Origin')
    const before = await ask(`${BASE}/head.json`, { method: 'OPTIONS', headers: { origin: 'https://app.example.com' } })
    expect(before.status).toBe(204)
    expect(before.headers.get('access-control-allow-methods')).toBe('GET, HEAD')
    const open = await carry({ store: files().store, cors: '*' })
    expect((await open(`${BASE}/head.json`)).headers.get('access-control-allow-origin')).toBe('*')
  })

  it('goes on with what it has while the store cannot be read', async () => {
    const world = files()
    const told: string[] = []
    const ask = await carry({ store: world.store, recheckMs: 0, onError: what => told.push(what) })
    expect((await ask(`${BASE}/head.json`)).status).toBe(200)
    world.fail = true
    expect((await ask(`${BASE}/head.json`)).status).toBe(200)
    expect(told).toEqual(['reading head of shop'])
    const unread = await ask(PART_PATH)
    expect(unread.status).toBe(503)
    expect(unread.headers.get('retry-after')).toBe('1')
  })

  it('counts what it answered', async () => {
    const ask = await carry({ store: files().store })
    await ask(`${BASE}/head.json`)
    await ask('/nowhere')
    expect(await (await ask('/healthz')).text()).toBe('ok\n')
    expect((await ask('/readyz')).status).toBe(200)
    const page = await ask('/metrics')
    expect(page.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    const text = await page.text()
    expect(text.split('\n').filter(line => !METRIC_LINE.test(line))).toEqual([''])
    expect(text).toContain('ensign_requests_total{route="head",status="200"} 1')
    expect(text).toContain('ensign_requests_total{route="none",status="404"} 1')
    expect(text).toContain('ensign_head_sequence{project="shop",environment="production"} 1')
  })
})

describe('codings', () => {
  it('sends brotli, gzip or the file, each with a tag of its own', async () => {
    const handler = createFetchHandler({ store: files().store })
    const ask = (accept: string) =>
      handler(new Request(`http://flags.test${PART_PATH}`, { headers: { 'accept-encoding': accept } }))
    const rows = [
      ['gzip, deflate, br', 'br', brotliDecompressSync],
      ['gzip', 'gzip', gunzipSync],
      ['br;q=0, gzip;q=0.5', 'gzip', gunzipSync],
      ['identity', null, (bytes: Uint8Array) => bytes],
      ['br;q=0.2, gzip;q=0.9', 'gzip', gunzipSync],
      ['gzip ; q=0.5 , BR;q=0.5', 'br', brotliDecompressSync],
      ['gzip;q=0.5, identity', null, (bytes: Uint8Array) => bytes],
      ['gzip;q=0.000, br;q=2', null, (bytes: Uint8Array) => bytes],
      ['*;q=0', null, (bytes: Uint8Array) => bytes],
      ['brotli', null, (bytes: Uint8Array) => bytes],
    ] as const
    const tags = new Set<string>()
    for (const [accept, coding, decode] of rows) {
      const answer = await ask(accept)
      expect(answer.headers.get('content-encoding'), accept).toBe(coding)
      const body = new Uint8Array(await answer.arrayBuffer())
      expect(answer.headers.get('content-length')).toBe(String(body.length))
      expect(new Uint8Array(decode(body))).toEqual(PART)
      tags.add(answer.headers.get('etag')!)
    }
    expect(tags.size).toBe(3)
  })

  it('takes the tag of any coding for what it is: the same file', async () => {
    const handler = createFetchHandler({ store: files().store })
    const ask = (headers: Record<string, string>) => handler(new Request(`http://flags.test${PART_PATH}`, { headers }))
    const packed = (await ask({ 'accept-encoding': 'br' })).headers.get('etag')!
    const plainly = await ask({ 'accept-encoding': 'identity', 'if-none-match': packed })
    expect(plainly.status).toBe(304)
    expect(plainly.headers.get('etag')).toBe(packed)
    expect((await ask({ 'accept-encoding': 'br', 'if-none-match': '"other-br"' })).status).toBe(200)
  })

  it('compresses a file once for everybody', async () => {
    let calls = 0
    const world = files()
    const encoders = {
      gzip: async (bytes: Uint8Array) => {
        calls++
        return bytes.slice(0, 10)
      },
    }
    const handler = createFetchHandler({ store: world.store, encoders })
    const ask = () => handler(new Request(`http://flags.test${PART_PATH}`, { headers: { 'accept-encoding': 'gzip' } }))
    await Promise.all(Array.from({ length: 50 }, ask))
    expect(calls).toBe(1)
    expect(world.asked).toHaveLength(1)
  })
})

describe('bounds', () => {
  it('keeps prepared files within its memory', async () => {
    const world = fileWorld()
    for (let n = 1; n <= 50; n++) world.files.set(`roots/${n}.json`, utf8(JSON.stringify({ n, f: 'x'.repeat(5_000) })))
    const handler = createFetchHandler({ store: world.store, encoders: {}, maxShelfBytes: 20_000 })
    for (let n = 1; n <= 50; n++) await handler(new Request(`http://flags.test/v1/shop/roots/${n}.json`))
    const text = await (await handler(new Request('http://flags.test/metrics'))).text()
    const held = Number(/^ensign_shelf_bytes (\d+)$/m.exec(text)?.[1])
    expect(held).toBeGreaterThan(0)
    expect(held).toBeLessThanOrEqual(20_000)
  })

  it('takes no path that an HTTP library would not send', async () => {
    const server = await listen({ store: files().store })
    servers.push(server)
    const targets = [
      '/v1/shop/production/../production/head.json',
      '/v1/shop/production/%68ead.json',
      'http://evil.test/v1/shop/production/head.json',
      '//v1/shop/production/head.json',
      '/v1/shop/production/head.json#a',
    ]
    for (const target of targets) {
      const answer = await raw(server.port, `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
      expect(answer, target).toMatch(/^HTTP\/1\.1 404 /)
    }
    const answer = await raw(server.port, `GET ${BASE}/head.json?a=b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  })
})
