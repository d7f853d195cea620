import { connect, type Socket } from 'node:net'
import { EventSource } from 'eventsource'
import { afterEach, describe, expect, it } from 'vitest'
import { createFetchHandler } from '../../src/adapters/serve/fetch.ts'
import { fromUtf8 } from '../../src/base/bytes.ts'
import { fileWorld, headFile, listen, type Running, raw, until } from './support.ts'

const STREAM = '/v1/shop/production/stream'
const servers: Running[] = []
const closers: (() => void)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) close()
  for (const server of servers.splice(0)) await server.close()
})

async function serve(options: Partial<Parameters<typeof listen>[0]> = {}) {
  const world = fileWorld({ 'production/head.json': headFile(1) })
  const server = await listen({ store: world.store, ...options })
  servers.push(server)
  return { world, server }
}

interface Line {
  readonly socket: Socket
  text(): string
}

function open(port: number, headers = ''): Promise<Line> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(`GET ${STREAM} HTTP/1.1\r\nHost: a\r\n${headers}\r\n`)
      resolve({ socket, text: () => text })
    })
    let text = ''
    socket.on('data', chunk => {
      text += chunk.toString('latin1')
    })
    socket.on('error', reject)
    closers.push(() => socket.destroy())
  })
}

describe('the event stream', () => {
  it('carries the bytes of head.json as one line, with id and event', async () => {
    const { world, server } = await serve()
    const source = new EventSource(server.url + STREAM)
    closers.push(() => source.close())
    const events: { id: string; data: string }[] = []
    source.addEventListener('head', event => events.push({ id: event.lastEventId, data: event.data }))
    await until(() => events.length === 1)
    world.push(headFile(2))
    await until(() => events.length === 2)
    expect(events).toEqual([
      { id: '1.1', data: fromUtf8(headFile(1)) },
      { id: '1.2', data: fromUtf8(headFile(2)) },
    ])
  })

  it('repeats nothing to one who has it, and takes no other Last-Event-ID for anything', async () => {
    const { world, server } = await serve({ heartbeatMs: 150 })
    const knows = await open(server.port, 'Last-Event-ID: 1.1\r\n')
    const behind = await open(server.port, 'Last-Event-ID: 1.0\r\n')
    const odd = await open(server.port, `Last-Event-ID: ${'9'.repeat(8_000)}\r\n`)
    await until(() => behind.text().includes('data: ') && odd.text().includes('data: '))
    await until(() => knows.text().includes(':\n\n'))
    expect(knows.text()).not.toContain('data:')
    world.push(headFile(2))
    await until(() => knows.text().includes('id: 1.2'))
  })

  it('takes a head from who wrote it, and nothing older from a look that had begun before', async () => {
    const { world, server } = await serve()
    const line = await open(server.port)
    await until(() => line.text().includes('id: 1.1'))
    const look = world.hold('production/head.json', headFile(2))
    const { hubs } = server.handler.core
    const looked = hubs.poke('shop', 'production')
    await until(() => look.begun())
    await hubs.poke('shop', 'production', headFile(3))
    look.release()
    await looked
    await until(() => line.text().includes('id: 1.3'))
    world.push(headFile(4))
    await until(() => line.text().includes('id: 1.4'))
    expect(line.text()).not.toContain('id: 1.2')
  })

  it('goes on from the newest, though an older one is given by who could not know of it', async () => {
    const { world, server } = await serve({ recheckMs: 60_000 })
    const line = await open(server.port)
    await until(() => line.text().includes('id: 1.1'))
    world.push(headFile(3))
    await until(() => line.text().includes('id: 1.3'))
    await server.handler.core.hubs.poke('shop', 'production', headFile(2))
    world.push(headFile(4))
    await until(() => line.text().includes('id: 1.4'))
    expect(line.text()).not.toContain('id: 1.2')
    await server.handler.core.hubs.poke('shop', 'production', headFile(2))
    const late = await open(server.port)
    await until(() => late.text().includes('data: '))
    expect(late.text()).toContain('id: 1.4')
    expect(await (await fetch(`${server.url}/v1/shop/production/head.json`)).text()).toBe(fromUtf8(headFile(4)))
  })

  it('says what proxies must not do with it', async () => {
    const { server } = await serve()
    const line = await open(server.port)
    await until(() => line.text().includes('data: '))
    const head = line.text().slice(0, line.text().indexOf('\r\n\r\n')).toLowerCase()
    expect(head).toContain('content-type: text/event-stream')
    expect(head).toContain('cache-control: no-store, no-transform')
    expect(head).toContain('x-accel-buffering: no')
    expect(head).not.toContain('transfer-encoding')
  })

  it('beats, and notices a change that nobody tells', async () => {
    const { world, server } = await serve({ heartbeatMs: 150, recheckMs: 20 })
    const line = await open(server.port)
    await until(() => line.text().split(':\n\n').length > 3)
    world.files.set('production/head.json', headFile(2))
    await until(() => line.text().includes('id: 1.2'))
  })

  it('does not exist for an environment without a head', async () => {
    const { server } = await serve()
    expect((await fetch(`${server.url}/v1/shop/other/stream`)).status).toBe(404)
    expect(server.handler.core.hubs.size()).toBe(0)
  })

  it('writes a head of several lines as one, and leaves out what is no head', async () => {
    const { world, server } = await serve()
    const line = await open(server.port)
    await until(() => line.text().includes('id: 1.1'))
    world.push(new TextEncoder().encode(fromUtf8(headFile(2))!.replace(',"release"', ',\n"release"')))
    await until(() => line.text().includes('id: 1.2') && line.text().endsWith('\n\n'))
    world.push(new TextEncoder().encode('{"head":"data: forged'))
    world.push(headFile(3))
    await until(() => line.text().includes('id: 1.3'))
    expect(line.text()).toContain(`id: 1.2\nevent: head\ndata: ${fromUtf8(headFile(2))}\n\n`)
    expect(line.text()).not.toContain('forged')
  })

  it('drops who does not read and keeps nothing for him', async () => {
    const { world, server } = await serve({ heartbeatMs: 60_000 })
    const fast = await open(server.port)
    const slow = await open(server.port)
    await until(() => server.handler.core.hubs.size() === 2)
    slow.socket.pause()
    let sequence = 1
    while (server.handler.core.hubs.size() === 2 && sequence < 400) {
      world.push(headFile(++sequence, 'x'.repeat(100_000)))
      await until(() => fast.text().includes(`id: 1.${sequence}\n`))
    }
    expect(server.handler.core.hubs.size()).toBe(1)
    expect(server.handler.core.metrics.text()).toContain('ensign_streams_dropped_total 1')
    world.push(headFile(1_000))
    await until(() => fast.text().includes('id: 1.1000'))
  })

  it('takes so many listeners and no more', async () => {
    const { server } = await serve({ maxStreams: 1 })
    await open(server.port)
    await until(() => server.handler.core.hubs.size() === 1)
    const answer = await raw(server.port, `GET ${STREAM} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 503 /)
    expect(answer).toContain('too_many_streams')
  })

  it('carries what changes where the system gives no watch any more, and says so', async () => {
    const world = fileWorld({ 'production/head.json': headFile(1) })
    const told: unknown[] = []
    const watch = () => {
      throw Object.assign(new Error('no space for watches'), { code: 'ENOSPC' })
    }
    const store = { get: world.store.get, watch }
    const handler = createFetchHandler({
      store,
      recheckMs: 10,
      onError: (what, error) => told.push(what, String(error)),
    })
    const reader = (await handler(new Request(`http://flags.test${STREAM}`))).body!.getReader()
    expect(fromUtf8((await reader.read()).value!)).toContain('id: 1.1')
    world.files.set('production/head.json', headFile(2))
    expect(fromUtf8((await reader.read()).value!)).toContain('id: 1.2')
    expect(told).toEqual(['watching the head of shop/production', 'Error: no space for watches'])
    await reader.cancel()
  })

  it('takes no more when all of them come at once, and none once it drains', async () => {
    const handler = createFetchHandler({
      store: fileWorld({ 'production/head.json': headFile(1) }).store,
      maxStreams: 3,
    })
    const ask = () => handler(new Request(`http://flags.test${STREAM}`))
    const answers = await Promise.all(Array.from({ length: 20 }, ask))
    expect(answers.map(answer => answer.status).filter(status => status !== 200 && status !== 503)).toEqual([])
    expect(handler.core.hubs.size()).toBe(3)
    for (const { body } of answers) await body!.cancel()
    expect(handler.core.hubs.size()).toBe(0)
    const late = ask()
    handler.core.drain(0)
    expect((await late).status).toBe(503)
    expect(handler.core.hubs.size()).toBe(0)
  })

  it('takes so many listeners from one address, counts whom it refuses, and has room again', async () => {
    const { server } = await serve({ maxStreamsFromOne: 2 })
    const first = await open(server.port)
    await open(server.port)
    const { hubs, metrics } = server.handler.core
    await until(() => hubs.size() === 2)
    const refused = await fetch(server.url + STREAM)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '30'])
    expect(await refused.json()).toMatchObject({ error: { code: 'too_many_from_one' } })
    expect(metrics.text()).toContain('ensign_streams_refused_total{code="too_many_from_one"} 1')
    first.socket.destroy()
    await until(() => hubs.size() === 1)
    const again = await open(server.port)
    await until(() => again.text().includes('id: 1.1'))
  })

  it('holds to that number when all of them come at once', async () => {
    const { server } = await serve({ maxStreamsFromOne: 5 })
    await Promise.all(Array.from({ length: 50 }, () => open(server.port)))
    await until(() => server.handler.core.hubs.size() === 5)
    await new Promise(resolve => setTimeout(resolve, 50))
    expect(server.handler.core.hubs.size()).toBe(5)
  })

  it('ends every stream on draining and lets no new one in', async () => {
    const { server } = await serve()
    const lines = await Promise.all(Array.from({ length: 20 }, () => open(server.port)))
    await until(() => server.handler.core.hubs.size() === 20)
    const ended = lines.map(line => new Promise(resolve => line.socket.once('close', resolve)))
    server.handler.core.drain(50)
    await Promise.all(ended)
    expect((await fetch(`${server.url}/readyz`)).status).toBe(503)
    expect((await fetch(server.url + STREAM)).status).toBe(503)
    expect((await fetch(`${server.url}/v1/shop/production/head.json`)).status).toBe(200)
  })

  it('writes a head out once for all, however many listen', async () => {
    const { world, server } = await serve()
    const lines = await Promise.all(Array.from({ length: 50 }, () => open(server.port)))
    await until(() => server.handler.core.hubs.size() === 50)
    const before = world.asked.length
    world.push(headFile(2))
    await until(() => lines.every(line => line.text().includes('id: 1.2')))
    // One read for the change, and at most one more by the clock.
    expect(world.asked.length - before).toBeLessThanOrEqual(2)
  })
})

describe('the event stream of the fetch handler', () => {
  const ask = (handler: ReturnType<typeof createFetchHandler>) => handler(new Request(`http://flags.test${STREAM}`))

  it('gives head after head and forgets who leaves', async () => {
    const world = fileWorld({ 'production/head.json': headFile(1) })
    const handler = createFetchHandler({ store: world.store })
    const reader = (await ask(handler)).body!.getReader()
    expect(fromUtf8((await reader.read()).value!)).toMatch(/^id: 1\.1\nevent: head\ndata: \{.*\}\n\n$/)
    world.push(headFile(2))
    expect(fromUtf8((await reader.read()).value!)).toContain('id: 1.2')
    await reader.cancel()
    expect(handler.core.hubs.size()).toBe(0)
  })

  it('gives the place of one who was dropped to the next', async () => {
    const world = fileWorld({ 'production/head.json': headFile(1, 'x'.repeat(50_000)) })
    const handler = createFetchHandler({ store: world.store, addressOf: () => '192.0.2.7', maxStreamsFromOne: 1 })
    const dropped = await ask(handler)
    expect((await ask(handler)).status).toBe(429)
    for (let sequence = 2; sequence < 10 && handler.core.hubs.size() > 0; sequence++) {
      world.push(headFile(sequence, 'x'.repeat(50_000)))
      await new Promise(resolve => setTimeout(resolve, 10))
    }
    expect(dropped.status).toBe(200)
    expect((await ask(handler)).status).toBe(200)
  })

  it('drops who does not read', async () => {
    const world = fileWorld({ 'production/head.json': headFile(1, 'x'.repeat(50_000)) })
    const handler = createFetchHandler({ store: world.store })
    await ask(handler)
    expect(handler.core.hubs.size()).toBe(1)
    for (let sequence = 2; sequence < 10 && handler.core.hubs.size() > 0; sequence++) {
      world.push(headFile(sequence, 'x'.repeat(50_000)))
      await new Promise(resolve => setTimeout(resolve, 10))
    }
    expect(handler.core.hubs.size()).toBe(0)
  })
})
