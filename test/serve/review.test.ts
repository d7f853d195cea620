import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { makeToken } from '../../src/adapters/serve/access.ts'
import { createInbox } from '../../src/adapters/serve/inbox.ts'
import { listen as bind } from '../../src/adapters/serve/listen.ts'
import { allowList } from '../../src/adapters/serve/networks.ts'
import type { HandlerOptions } from '../../src/adapters/serve/node.ts'
import { utf8 } from '../../src/base/bytes.ts'
import { EnsignError } from '../../src/base/errors.ts'
import { fileWorld, headFile, listen, type Running, raw, until } from './support.ts'

const servers: Running[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function start(options: Partial<HandlerOptions> = {}) {
  const world = fileWorld({ 'production/head.json': headFile(1), 'roots/1.json': utf8('{}') })
  const server = await listen({ store: world.store, ...options })
  servers.push(server)
  return { world, server }
}

const refusing = async (): Promise<never> => {
  throw new EnsignError('stop_signer', 'nobody who may')
}
const closedDesk = { stop: refusing, release: refusing, event: refusing }

describe('an attacker', () => {
  it('gets nothing of his request into a header', async () => {
    const { server } = await start({ cors: ['https://app.example.com'] })
    const evil = 'https://evil.example.com%0d%0aSet-Cookie:a=b'
    const request = [
      'GET /v1/shop/production/head.json?%0d%0aX-Injected:1 HTTP/1.1',
      'Host: evil.example.com',
      `Origin: ${evil}`,
      'X-Forwarded-Host: evil.example.com',
      'If-None-Match: "evil"',
      'Range: bytes=0-0, evil',
      'Accept-Encoding: evil',
      'Connection: close',
    ]
    const answer = await raw(server.port, `${request.join('\r\n')}\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
    expect(answer.slice(0, answer.indexOf('\r\n\r\n')).toLowerCase()).not.toContain('evil')
  })

  it('cannot smuggle a second request behind a first', async () => {
    const { server } = await start()
    const smuggled = 'GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n'
    const both = `POST /v1/shop/production/stops HTTP/1.1\r\nHost: a\r\nContent-Length: ${smuggled.length}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`
    const answer = await raw(server.port, both)
    expect(answer.match(/^HTTP\/1\.1 /gm)).toHaveLength(1)
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
  })

  it('reads and sends nothing with the token of another environment', async () => {
    const staging = makeToken(new Uint8Array(32).fill(1), { id: 'ci', project: 'shop', environments: ['staging'] })
    let taken = 0
    const inbox = createInbox({
      counter: () => ({ desk: closedDesk, glance: () => taken++ }),
      now: () => performance.now(),
    })
    const { server } = await start({ tokens: [staging.stored], inbox })
    const headers = { authorization: `Bearer ${staging.secret}` }
    for (const path of ['head.json', 'stream', 'bundle.ndjson']) {
      expect((await fetch(`${server.url}/v1/shop/production/${path}`, { headers })).status, path).toBe(403)
    }
    for (const kind of ['stops', 'releases', 'events']) {
      const url = `${server.url}/v1/shop/production/${kind}`
      expect((await fetch(url, { method: 'POST', body: '{}', headers })).status, kind).toBe(403)
      expect((await fetch(url, { method: 'POST', body: '{}' })).status, kind).toBe(401)
    }
    expect(taken).toBe(0)
  })

  it('leaves nothing for a shared cache to serve to others', async () => {
    const { server } = await start({ cors: ['https://app.example.com'] })
    const refused = ['/v1/shop/roots/2.json', '/v1/shop/production/nothing', '/nowhere', '/healthz', '/metrics']
    for (const path of refused) {
      expect((await fetch(server.url + path)).headers.get('cache-control'), path).toBe('no-store')
    }
    const outside = await fetch(`${server.url}/v1/shop/roots/1.json`, { headers: { range: 'bytes=99-' } })
    expect(outside.status).toBe(416)
    expect(outside.headers.get('cache-control')).toBe('no-store')
    const cached = await fetch(`${server.url}/v1/shop/roots/1.json`)
    expect(cached.headers.get('vary')).toMatch(/Accept-Encoding.*Origin|Origin.*Accept-Encoding/)
  })

  it('cannot keep a stop out by sending his own in drops', async () => {
    const inbox = createInbox({
      counter: () => ({ desk: closedDesk, glance: () => {} }),
      now: () => performance.now(),
      perMinute: 1_000,
    })
    const { server } = await start({ inbox, bodyMs: 5_000, trustedProxies: 1 })
    const slow = Array.from({ length: 64 }, () => {
      const socket = connect(server.port, '127.0.0.1')
      socket.on('error', () => {})
      const head = 'POST /v1/shop/production/stops HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.66'
      socket.write(`${head}\r\nContent-Length: 1000\r\n\r\n`)
      return socket
    })
    // All but sixteen of them have been turned away by now.
    await until(() => server.handler.core.metrics.text().includes('code="rate_limited"} 48'))
    const headers = { 'x-forwarded-for': '192.0.2.7' }
    const own = await fetch(`${server.url}/v1/shop/production/stops`, { method: 'POST', body: '{}', headers })
    expect(own.status).toBe(422)
    for (const socket of slow) socket.destroy()
  })

  it('cannot write an address of his own choice before a trusted proxy', async () => {
    const seen: (string | undefined)[] = []
    const allow = (address: string | undefined) => {
      seen.push(address)
      return true
    }
    const { server } = await start({ allow, trustedProxies: 1 })
    const headers = { 'x-forwarded-for': '10.0.0.1, 203.0.113.9' }
    await fetch(`${server.url}/v1/shop/production/head.json`, { headers })
    const direct = await start({ allow })
    await fetch(`${direct.server.url}/v1/shop/production/head.json`, { headers })
    expect(seen).toEqual(['203.0.113.9', '127.0.0.1'])
  })

  it.each([70, 150, 2_500])(
    'cannot push the address that a proxy wrote out of the headers with %i of his own',
    async count => {
      const inside = allowList(['127.0.0.0/8'])
      const { server } = await start({ allow: inside, trustedProxies: 1 })
      const bound = await bind({
        store: fileWorld({ 'production/head.json': headFile(1) }).store,
        allow: inside,
        trustedProxies: 1,
        port: 0,
      })
      const lines = ['GET /v1/shop/production/head.json HTTP/1.1', 'Host: a', ...Array<string>(count).fill('a:')]
      const request = `${[...lines, 'X-Forwarded-For: 203.0.113.9', 'Connection: close'].join('\r\n')}\r\n\r\n`
      const status = count > 100 ? '431' : '403'
      for (const { port } of [server, bound]) expect((await raw(port, request)).slice(9, 12)).toBe(status)
      await bound.drain(0)
    },
  )

  it('is known by the first address there is where proxies wrote fewer than they are', async () => {
    const { server } = await start({ allow: allowList(['127.0.0.0/8']), trustedProxies: 2 })
    const headers = { 'x-forwarded-for': '203.0.113.9' }
    expect((await fetch(`${server.url}/v1/shop/production/head.json`, { headers })).status).toBe(403)
  })

  it('holds no connection, and no old file, by reading none of it', async () => {
    const { world, server } = await start({ pieceMs: 200 })
    const path = `production/parts/${'0'.repeat(64)}.json`
    world.files.set(path, new Uint8Array(15_000_000))
    const socket = connect(server.port, '127.0.0.1').pause()
    const cut = new Promise(resolve => socket.once('close', resolve))
    socket.on('error', () => {})
    socket.write(`GET /v1/shop/${path} HTTP/1.1\r\nHost: a\r\n\r\n`)
    await until(() => server.handler.core.metrics.text().includes('route="part",status="200"} 1'))
    const connections = () => new Promise<number>(done => server.server.getConnections((_, count) => done(count)))
    while ((await connections()) > 0) await new Promise(resolve => setTimeout(resolve, 20))
    socket.resume()
    await cut
    const whole = await fetch(`${server.url}/v1/shop/${path}`, { headers: { 'accept-encoding': 'identity' } })
    expect((await whole.arrayBuffer()).byteLength).toBe(15_000_000)
    const again = await raw(server.port, `HEAD /v1/shop/${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
    expect(again).toMatch(/^HTTP\/1\.1 200 .*Content-Length: 15000000/s)
  })

  it('sends no body to be thrown away: where one is refused unread, the connection ends', async () => {
    const { server } = await start()
    for (const [method, path] of [
      ['PUT', 'head.json'],
      ['GET', 'head.json'],
      ['POST', 'nowhere'],
    ]) {
      const head = `${method} /v1/shop/production/${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999\r\n\r\nx`
      expect(await raw(server.port, head), method).toMatch(/^HTTP\/1\.1 \d{3} .*Connection: close/s)
    }
  })

  it('leaves no trace in memory by asking for what is not there', async () => {
    const { server } = await start()
    const { metrics, hubs } = server.handler.core
    for (let n = 0; n < 100; n++) {
      await fetch(`${server.url}/v1/shop/env-${n}/head.json`)
      await fetch(`${server.url}/v1/project-${n}/production/stream`)
    }
    expect(hubs.size()).toBe(0)
    const text = metrics.text()
    expect(text).toContain('ensign_shelf_bytes 0')
    expect(text).not.toContain('env-1')
    expect(text).not.toContain('project-1')
  })
})

describe('streams asked for one behind the other on one connection', () => {
  it('end with it at once, and leave nothing behind', async () => {
    const { server } = await start()
    const { hubs } = server.handler.core
    const ask = 'GET /v1/shop/production/stream HTTP/1.1\r\nHost: a\r\n\r\n'
    for (let n = 0; n < 3; n++) {
      const socket = connect(server.port, '127.0.0.1')
      const closed = new Promise(resolve => socket.once('close', resolve))
      socket.on('error', () => {}).resume()
      socket.write(ask.repeat(8))
      await closed
      await until(() => hubs.size() === 0)
    }
  })
})

describe('an address that a proxy wrote down', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['203.0.113.9:51234', '203.0.113.9'],
    ['[2001:db8::9]:51234', '2001:db8::9'],
    ['[2001:db8::9]', '2001:db8::9'],
    ['2001:db8::9', '2001:db8::9'],
  ])('%s is %s', async (written, address) => {
    const seen: (string | undefined)[] = []
    const allow = (one: string | undefined) => {
      seen.push(one)
      return true
    }
    const { server } = await start({ allow, trustedProxies: 1 })
    await fetch(`${server.url}/v1/shop/production/head.json`, { headers: { 'x-forwarded-for': written } })
    expect(seen).toEqual([address])
  })
})
