import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { folderCache } from '../../src/index.node.ts'
import { cleanUp, clientOf, etagOf, serveWorld, sleep, temporary, until, worldWith } from './support.ts'

const others: Server[] = []
afterEach(async () => {
  await cleanUp()
  for (const server of others.splice(0)) server.close()
})

/** Another origin, which counts who comes. */
async function stranger(): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = []
  const server = createServer((request, reply) => {
    asked.push(JSON.stringify(request.headers))
    reply.end('{}')
  })
  others.push(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

describe('requests', () => {
  it('follow no redirect to another origin, and take no token there', async () => {
    const world = await worldWith()
    const server = await serveWorld(world)
    const other = await stranger()
    server.fault = (request, reply) => {
      reply.writeHead(302, { location: other.url + request.url }).end()
      return true
    }
    const { client } = clientOf(world, { url: server.url, token: 'geheim' })
    expect(await client.ready()).toMatchObject({ ok: false, code: 'redirect' })
    expect(other.asked).toEqual([])
  })

  it('follow one inside the origin, and not for ever', async () => {
    const world = await worldWith()
    const server = await serveWorld(world)
    server.fault = (request, reply, path) => {
      if (!path.endsWith('head.json') || request.url!.includes('?')) return false
      reply.writeHead(301, { location: `${request.url}?a` }).end()
      return true
    }
    const moved = clientOf(world, { url: server.url })
    // The store does not know the new name, so there is nothing there; but it was asked.
    await moved.client.ready()
    expect(server.paths()).toContain('production/head.json?a')
    server.fault = (request, reply) => {
      reply.writeHead(302, { location: request.url! }).end()
      return true
    }
    const { client } = clientOf(world, { url: server.url })
    server.asked.length = 0
    expect(await client.ready()).toMatchObject({ ok: false, code: 'redirect' })
    expect(server.asked.length).toBe(4)
  })

  it('stop reading a body that inflates past its limit', async () => {
    const world = await worldWith()
    const server = await serveWorld(world)
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024))
    let _written = 0
    server.fault = (_request, reply, path) => {
      if (!path.endsWith('head.json')) return false
      reply.writeHead(200, { 'content-encoding': 'gzip' })
      reply.write(bomb, () => {
        _written += 1
      })
      reply.end()
      return true
    }
    const { client } = clientOf(world, { url: server.url })
    expect(await client.ready()).toMatchObject({ ok: false, status: 'unverified', code: 'too_large' })
  })

  it('end where a body comes one byte at a time', async () => {
    const world = await worldWith()
    const server = await serveWorld(world)
    const timers: NodeJS.Timeout[] = []
    server.fault = (_request, reply) => {
      reply.writeHead(200)
      // A second of the client's time is 50 ms here.
      timers.push(setInterval(() => reply.write('{'), 50))
      return true
    }
    const { client } = clientOf(world, { url: server.url, requestTimeout: 2_000 })
    expect(await client.ready({ timeout: 60_000 })).toMatchObject({ ok: false, status: 'starting', code: 'timeout' })
    for (const timer of timers) clearInterval(timer)
  })

  it('end where no answer begins', async () => {
    const world = await worldWith()
    const server = await serveWorld(world)
    server.fault = () => true
    const { client } = clientOf(world, { url: server.url, requestTimeout: 1_000 })
    expect(await client.ready({ timeout: 60_000 })).toMatchObject({ ok: false, code: 'timeout' })
  })

  it.each([
    [401, 'unauthorized'],
    [403, 'unauthorized'],
    [429, 'server_busy'],
    [500, 'server_error'],
    [503, 'server_error'],
    [418, 'http_status'],
    [206, 'http_status'],
  ])('say what %d means', async (status, code) => {
    const world = await worldWith()
    const server = await serveWorld(world)
    server.fault = (_request, reply) => {
      reply.writeHead(status).end('{}')
      return true
    }
    const { client } = clientOf(world, { url: server.url })
    expect(await client.ready()).toMatchObject({ ok: false, status: 'starting', code })
  })

  it('take a web page for no answer', async () => {
    const world = await worldWith()
    const server = await serveWorld(world)
    server.fault = (_request, reply) => {
      reply.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<html>Please log in</html>')
      return true
    }
    const { client } = clientOf(world, { url: server.url })
    expect(await client.ready()).toMatchObject({ ok: false, status: 'starting', code: 'content_type' })
  })

  it('know a name that does not resolve from a forged answer', async () => {
    const { client } = clientOf(await worldWith(), { url: 'http://flags.invalid' })
    expect(await client.ready({ timeout: 60_000 })).toMatchObject({
      ok: false,
      status: 'starting',
      code: 'unreachable',
    })
  })

  it('work where a bucket answers 403 for what is not there', async () => {
    const world = await worldWith()
    const server = await serveWorld(world)
    server.fault = (_request, reply, path) => {
      if (world.store.has(path)) return false
      reply.writeHead(403).end()
      return true
    }
    const { client } = clientOf(world, { url: server.url })
    expect(await client.ready()).toMatchObject({ ok: true, status: 'current' })
  })

  it('wait as long as the server asks', async () => {
    const world = await worldWith()
    const server = await serveWorld(world)
    server.fault = (_request, reply) => {
      reply.writeHead(503, { 'retry-after': '20' }).end()
      return true
    }
    // Twenty seconds are one here; polling would come every 50 ms.
    const { client } = clientOf(world, { url: server.url, mode: 'poll', pollInterval: 1_000 })
    await client.ready({ timeout: 200 })
    const asked = server.asked.length
    await sleep(500)
    // Whoever is impatient and asks by hand waits as well.
    expect(await client.refresh()).toMatchObject({ ok: false, code: 'server_busy' })
    expect(server.asked.length).toBe(asked)
    server.fault = undefined
    await until(() => client.provenance().status === 'current')
  })

  it('make nothing fresher by an answer that nothing changed: what is signed runs out at its time', async () => {
    const world = await worldWith()
    const server = await serveWorld(world)
    const { client, told } = clientOf(world, { url: server.url, mode: 'poll', pollInterval: 1_000 })
    await client.ready()
    const etag = etagOf(world.store.get('production/head.json')!)
    server.fault = (request, reply) => {
      if (request.headers['if-none-match'] !== etag) return false
      reply.writeHead(304, { etag, 'cache-control': 'max-age=31536000', date: new Date(world.now).toUTCString() }).end()
      return true
    }
    world.wait(2 * 24 * 3600_000)
    await until(() => client.provenance().status === 'stale')
    const asked = server.asked.length
    await until(() => server.asked.length > asked + 3, 'more answers of 304')
    expect(told.map(one => [one.status, one.code])).toEqual([
      ['current', undefined],
      ['stale', 'expired'],
    ])
  })

  it('do not believe a copy of head.json that did not verify', async () => {
    const world = await worldWith()
    const server = await serveWorld(world)
    const { client } = clientOf(world, { url: server.url })
    await client.ready()
    world.wait()
    await world.stop()
    // Somebody in between answers with rubbish under the tag of the true file, once.
    let tag = ''
    server.fault = (_request, reply, path) => {
      if (!path.endsWith('head.json')) return false
      reply.writeHead(200, { etag: tag }).end('{"head":"forged"}')
      return true
    }
    tag = etagOf(world.store.get('production/head.json')!)
    expect(await client.refresh()).toMatchObject({ ok: true, status: 'stale', code: 'schema' })
    server.fault = undefined
    expect(await client.refresh()).toMatchObject({ ok: true, status: 'current' })
    expect(client.isEnabled('new-checkout')).toBe(false)
  })

  it('send nothing but paths, tags and the token', async () => {
    const world = await worldWith('new-checkout', 'other')
    world.store.set('production/bundle.ndjson', await world.bundle())
    const server = await serveWorld(world)
    const { client } = clientOf(world, {
      url: server.url,
      mode: 'stream',
      pollInterval: 1_000,
      token: 'tok-1',
      context: { region: 'eu-west-9', 'app.version': '7.7.7' },
      secrets: { k1: 'very-secret' },
      cache: folderCache(await temporary()),
      observe: () => undefined,
      observeUnit: 'userId',
      counters: { report: () => undefined },
    })
    await client.ready()
    await until(() => server.streams.size === 1)
    const context = { userId: 'u-4711', email: 'anna@example.com', country: 'NL' }
    for (let i = 0; i < 50; i++) {
      client.isEnabled('new-checkout', context)
      client.value('other', context, true)
      client.explain('new-checkout', context)
      client.evaluateAll(context)
      client.for(context).isEnabled('other')
      client.isEnabled('a-flag-nobody-made', context)
    }
    for (let i = 0; i < 3; i++) {
      world.wait()
      await world.head()
      server.push()
      await client.refresh()
    }
    await server.die()
    await server.revive()
    await until(() => server.streams.size === 1, 'a new stream')
    const sent = server.sent()
    for (const word of [
      '4711',
      'anna',
      'example.com',
      'NL',
      'eu-west',
      '7.7.7',
      'very-secret',
      'k1',
      'new-checkout',
      'nobody',
    ]) {
      expect(sent.includes(word), word).toBe(false)
    }
    expect(sent.includes(process.version)).toBe(false)
    // Word by word: the request lines and header names that there are.
    const lines = sent.split('\r\n').filter(line => line !== '')
    const allowed =
      /^(?:GET \/v1\/shop\/[a-z0-9./]+ HTTP\/1\.1|host: 127\.0\.0\.1:\d+|connection: (?:keep-alive|close)|accept: (?:\*\/\*|text\/event-stream)|authorization: Bearer tok-1|if-none-match: "[0-9a-f]{32}"|last-event-id: 1\.\d+|accept-language: \*|sec-fetch-mode: cors|user-agent: node|accept-encoding: [a-z, ]+|cache-control: no-cache|pragma: no-cache)$/i
    expect([...new Set(lines.filter(line => !allowed.test(line)))]).toEqual([])
  })
})
