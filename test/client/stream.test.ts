import { afterEach, describe, expect, it } from 'vitest'
import type { Source } from '../../src/bundle/source.ts'
import { cleanUp, clientOf, flagsOf, serveWorld, sleep, testClock, until, worldWith } from './support.ts'

afterEach(cleanUp)

const HEAD = 'production/head.json'

async function streaming(options = {}) {
  const world = await worldWith()
  const server = await serveWorld(world)
  const made = clientOf(world, { url: server.url, mode: 'stream', pollInterval: 5_000, ...options })
  await made.client.ready()
  await until(() => server.streams.size === 1, 'a stream')
  return { ...made, server }
}

describe('the stream', () => {
  it('brings a stop in force at once, without a poll', async () => {
    const { client, world, server } = await streaming({ pollInterval: 3_600_000 })
    world.wait()
    await world.stop()
    server.asked.length = 0
    server.push()
    await until(() => !client.isEnabled('new-checkout'))
    expect(server.paths()).toEqual([])
    expect(client.provenance()).toMatchObject({ status: 'current', inForce: { stops: [{ flags: ['new-checkout'] }] } })
  })

  it('fetches the part that a pushed head needs, and no more', async () => {
    const { client, world, server } = await streaming({ pollInterval: 3_600_000 })
    world.wait()
    await world.release('production', { flags: flagsOf('new-checkout', 'second') })
    server.asked.length = 0
    server.push()
    await until(() => client.isEnabled('second'))
    expect(server.paths()).toHaveLength(1)
    expect(server.paths()[0]).toContain('/parts/')
  })

  it('makes one update of what comes faster than it can be verified', async () => {
    const { client, world, server } = await streaming({ pollInterval: 3_600_000 })
    const heads: Uint8Array[] = []
    for (let i = 0; i < 60; i++) {
      world.wait(1_000)
      await world.head()
      heads.push(world.store.get(HEAD)!)
    }
    const seen: number[] = []
    const off = setInterval(() => seen.push(client.provenance().inForce!.head.sequence), 1)
    for (const head of heads) server.push(head)
    await until(() => client.provenance().inForce!.head.sequence === 61)
    clearInterval(off)
    // It only ever goes up, and most of the heads were never looked at.
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    expect(new Set(seen).size).toBeLessThan(30)
  })

  it('comes back after the server died, and polls meanwhile', async () => {
    const { client, world, server } = await streaming({ pollInterval: 2_000 })
    await server.die()
    world.wait()
    await world.stop()
    await sleep(300)
    expect(client.isEnabled('new-checkout')).toBe(true)
    expect(client.provenance().status).toBe('current')
    server.streaming = false
    await server.revive()
    await until(() => !client.isEnabled('new-checkout'), 'the stop, by polling')
    expect(server.streams.size).toBe(0)
  })

  it('tries again with growing waits, and no storm, while the server refuses', async () => {
    const { server } = await streaming({ pollInterval: 5_000 })
    server.asked.length = 0
    server.fault = (_request, reply, path) => {
      if (!path.endsWith('/stream')) return false
      reply.writeHead(503).end()
      return true
    }
    for (const stream of server.streams) stream.destroy()
    await sleep(1_000)
    // 20 seconds of the client's time: doubling from one second, anywhere below.
    expect(server.paths().filter(path => path.endsWith('/stream')).length).toBeLessThan(25)
    expect(server.paths().filter(path => path === HEAD).length).toBeGreaterThan(1)
    server.fault = undefined
    await until(() => server.streams.size === 1, 'a stream again')
  })

  it('drops a line that says nothing, and polls while a proxy holds the stream back', async () => {
    const world = await worldWith()
    const server = await serveWorld(world)
    let held = 0
    server.fault = (_request, reply, path) => {
      if (!path.endsWith('/stream')) return false
      held += 1
      reply.writeHead(200, { 'content-type': 'text/event-stream' })
      reply.flushHeaders()
      return true
    }
    const { client } = clientOf(world, { url: server.url, mode: 'stream', pollInterval: 2_000 })
    await client.ready()
    await until(() => held === 1)
    world.wait()
    await world.stop()
    await until(() => !client.isEnabled('new-checkout'), 'the stop, by polling')
    // 45 seconds of silence are a bit over two here.
    await until(() => held === 2, 'another try')
    const result = await client.refresh()
    expect(result.status).toBe('current')
    expect(result.problems).toMatchObject([{ source: 'stream', code: 'stream_silent' }])
  })

  it('that repeats what is known keeps nobody from polling', async () => {
    const { client, world, server } = await streaming({ pollInterval: 1_000 })
    const known = Buffer.from(world.store.get(HEAD)!).toString()
    let spaces = 0
    const stuck = setInterval(() => server.push(' '.repeat(++spaces % 500) + known), 2)
    world.wait()
    await world.stop()
    await until(() => !client.isEnabled('new-checkout'), 'the stop, by polling')
    // From now on it is older than what is in force: not believed, and told.
    await sleep(200)
    clearInterval(stuck)
    expect(client.isEnabled('new-checkout')).toBe(false)
    expect(client.provenance().inForce!.head.sequence).toBe(2)
  })

  it('is not silenced for weeks by whoever speaks for the server', async () => {
    const world = await worldWith()
    const server = await serveWorld(world)
    server.fault = (_request, reply, path) => {
      if (!path.endsWith('/stream')) return false
      reply.writeHead(503, { 'retry-after': '999999999' }).end()
      return true
    }
    const waits: number[] = []
    const plain = testClock(world)
    const clock = {
      now: () => plain.now(),
      elapsed: plain.elapsed,
      after(ms: number, run: () => void, hold?: boolean) {
        waits.push(ms)
        return plain.after(ms, run, hold)
      },
    }
    const { client } = clientOf(world, { url: server.url, mode: 'stream', pollInterval: 3_600_000, clock })
    await client.ready()
    await until(() => client.provenance().status === 'current' && server.paths().some(one => one.endsWith('/stream')))
    await until(() => waits.some(ms => ms > 3_600_000), 'the wait of an hour and some')
    expect(Math.max(...waits)).toBeLessThanOrEqual(2 * 3_600_000)
  })

  it.each([
    ['CR LF', (event: string) => event.replaceAll('\n', '\r\n')],
    // The last of them may be half of a pair: the next line, a heartbeat at the latest, tells.
    ['CR alone', (event: string) => `${event.replaceAll('\n', '\r')}:\r`],
    ['a byte order mark', (event: string) => `\ufeff${event}`],
    ['an id with NUL', (event: string) => event.replace('id: ', 'id: \u0000')],
    ['an order to come back never', (event: string) => `retry: 999999999999\n\n${event}`],
    ['comments and fields of others', (event: string) => `:\n:x\nretry\nfoo: bar\n${event}`],
    ['a head of several lines', (event: string) => event.replace('data: {', 'data: {\ndata: ')],
  ])('takes what is written with %s', async (_, written) => {
    const world = await worldWith()
    const server = await serveWorld(world)
    const send: ((text: string) => void)[] = []
    server.fault = (_request, reply, path) => {
      if (!path.endsWith('/stream')) return false
      reply.writeHead(200, { 'content-type': 'text/event-stream' })
      // One byte at a time, so that every pair is cut in two.
      send.push(text => {
        for (const byte of Buffer.from(text)) reply.write(Buffer.from([byte]))
      })
      reply.flushHeaders()
      return true
    }
    const { client } = clientOf(world, { url: server.url, mode: 'stream', pollInterval: 3_600_000 })
    await client.ready()
    await until(() => send.length === 1)
    world.wait()
    await world.stop()
    const head = Buffer.from(world.store.get(HEAD)!).toString()
    send[0]!(written(`id: 1.2\nevent: head\ndata: ${head}\n\n`))
    await until(() => !client.isEnabled('new-checkout'))
    expect(send).toHaveLength(1)
  })

  it('of lines that end in CR alone holds for longer than one event may be', async () => {
    const { client, server, world } = await streaming({ pollInterval: 3_600_000 })
    const [stream] = [...server.streams]
    for (let n = 0; n < 40; n++) stream!.write(`: ${'x'.repeat(10_000)}\r\r`)
    world.wait()
    await world.stop()
    server.push()
    await until(() => !client.isEnabled('new-checkout'))
    expect([...server.streams]).toEqual([stream])
  })

  it('asks rarely where there is none', async () => {
    const world = await worldWith()
    const server = await serveWorld(world)
    server.streaming = false
    const { client } = clientOf(world, { url: server.url, mode: 'stream', pollInterval: 1_000 })
    await client.ready()
    await until(() => server.paths().filter(path => path === HEAD).length > 10)
    expect(server.paths().filter(path => path.endsWith('/stream'))).toHaveLength(1)
    const { status, problems } = await client.refresh()
    expect([status, problems]).toMatchObject(['current', [{ source: 'stream', code: 'stream_ended' }]])
  })

  it('ends where an event does not end', async () => {
    const { client, server } = await streaming({ pollInterval: 3_600_000 })
    const [stream] = [...server.streams]
    const closed = new Promise(resolve => stream!.on('close', resolve))
    stream!.write('data: ')
    for (let i = 0; i < 40 && !stream!.destroyed; i++) stream!.write('x'.repeat(10_000))
    await closed
    expect(client.provenance().status).toBe('current')
  })

  it('sends the name of the head it has, made by itself', async () => {
    const { server, world, client } = await streaming({ pollInterval: 3_600_000 })
    world.wait()
    await world.head()
    server.push()
    await until(() => client.provenance().inForce!.head.sequence === 2)
    for (const stream of server.streams) stream.end('id: who-you-are\nevent: x\ndata: y\n\n')
    await until(() => server.paths().filter(path => path.endsWith('/stream')).length === 2)
    expect(server.asked.at(-1)!.headers['last-event-id']).toBe('1.2')
  })

  it('of a source of one’s own is its watch, and may fail', async () => {
    const world = await worldWith()
    let tell = (_head: Uint8Array) => {}
    let off = 0
    const source: Source = {
      get: world.source.get,
      watch(environment, onHead) {
        expect(environment).toBe('production')
        tell = onHead
        return () => {
          off += 1
        }
      },
    }
    const { client } = clientOf(world, { source, mode: 'stream', pollInterval: 3_600_000 })
    await client.ready()
    world.wait()
    await world.stop()
    tell(world.store.get(HEAD)!)
    await until(() => !client.isEnabled('new-checkout'))
    await client.close()
    expect(off).toBe(1)
    const broken = clientOf(world, {
      source: {
        get: world.source.get,
        watch() {
          throw new Error('no watching here')
        },
      },
      mode: 'stream',
    })
    const problems = [{ source: 'stream', code: 'source_failed' }]
    expect(await broken.client.ready()).toMatchObject({ ok: true, problems })
  })
})
