import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../../src/client/clock.ts'
import type { Client, ClientOptions, StatusEvent } from '../../src/index.node.ts'
import { createClient } from '../../src/index.node.ts'
import { createWorld, type World } from '../support/world.ts'

/** How much faster than the wall the tests' timers run. */
const SPEED = 20

export interface TestClock extends Clock {
  /** Milliseconds by which this machine's clock is wrong. */
  off: number
}

/** Wall time is the world's; waiting runs fast. When the world waits, time has gone by; only `off` is a clock that was set. */
export function testClock(world: { readonly now: number }): TestClock {
  return {
    off: 0,
    now() {
      return world.now + this.off
    },
    elapsed: () => performance.now() * SPEED + world.now,
    after(ms, run, hold = false) {
      // Somebody waits for those that hold: a slow machine shall not make him give up.
      const timer = setTimeout(run, hold ? ms : ms / SPEED)
      if (!hold) timer.unref()
      return () => clearTimeout(timer)
    },
  }
}

export interface Asked {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  /** The request as it came over the wire. */
  readonly line: string
}

/** true: answered by the fault, and the store has no part in it. */
export type Fault = (request: IncomingMessage, reply: ServerResponse, path: string) => boolean

export interface StoreServer {
  readonly url: string
  readonly port: number
  readonly asked: Asked[]
  /** Bytes of all requests, headers and all. */
  sent(): string
  fault: Fault | undefined
  readonly streams: Set<ServerResponse>
  /** Tells all streams the head that the store holds. */
  push(head?: Uint8Array | string): void
  streaming: boolean
  readonly paths: () => string[]
  /** Breaks every connection; new ones are taken. */
  cut(): void
  /** As a killed server: every connection is cut, and nobody listens. */
  die(): Promise<void>
  revive(): Promise<void>
}

const servers: StoreServer[] = []
const clients: Client[] = []

/** The world's store over HTTP, with an event stream, on a real socket. */
export async function serveWorld(world: World): Promise<StoreServer> {
  const sockets = new Set<Socket>()
  const raw: Buffer[] = []
  const make = (): Server => {
    const server = createServer((request, reply) => {
      const path = (request.url ?? '').replace(`/v1/${world.project}/`, '')
      self.asked.push({ path, headers: request.headers, line: `${request.method} ${request.url}` })
      if (self.fault?.(request, reply, path)) return
      if (path.endsWith('/stream')) {
        if (!self.streaming) {
          reply.writeHead(404).end()
          return
        }
        reply.writeHead(200, { 'content-type': 'text/event-stream' })
        reply.write(':\n\n')
        self.streams.add(reply)
        reply.on('close', () => self.streams.delete(reply))
        const bytes = world.store.get('production/head.json')
        if (bytes !== undefined) reply.write(eventOf(bytes))
        return
      }
      const bytes = world.store.get(path)
      if (bytes === undefined) {
        reply.writeHead(404).end()
        return
      }
      const etag = etagOf(bytes)
      if (request.headers['if-none-match'] === etag) {
        reply.writeHead(304, { etag }).end()
        return
      }
      reply.writeHead(200, { etag, 'content-type': 'application/json' }).end(bytes)
    })
    server.on('connection', socket => {
      sockets.add(socket)
      socket.on('data', chunk => raw.push(chunk))
      socket.on('error', () => undefined)
      socket.on('close', () => sockets.delete(socket))
    })
    return server
  }
  let server = make()
  const listen = (port: number) => new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  await listen(0)
  const { port } = server.address() as AddressInfo
  const self: StoreServer = {
    url: `http://127.0.0.1:${port}`,
    port,
    asked: [],
    sent: () => Buffer.concat(raw).toString('latin1'),
    fault: undefined,
    streams: new Set(),
    streaming: true,
    push(head = world.store.get('production/head.json')!) {
      for (const reply of this.streams) reply.write(eventOf(head))
    },
    paths: () => self.asked.map(one => one.path),
    cut() {
      for (const socket of sockets) socket.destroy()
    },
    async die() {
      const closed = new Promise(resolve => server.close(resolve))
      self.cut()
      await closed
    },
    async revive() {
      server = make()
      await listen(port)
    },
  }
  servers.push(self)
  return self
}

export const etagOf = (bytes: Uint8Array) => `"${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}"`

const folders: string[] = []

/** A folder that is gone after the test. */
export async function temporary(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ensign-client-'))
  folders.push(folder)
  return folder
}

const eventOf = (head: Uint8Array | string) =>
  `id: 1.1\nevent: head\ndata: ${typeof head === 'string' ? head : Buffer.from(head).toString()}\n\n`

export interface Setup {
  readonly world: World
  readonly clock: TestClock
  /** What `status` told, in order. */
  readonly told: StatusEvent[]
  readonly client: Client
}

/** A client with the test's clock; closed after the test. */
export function clientOf(world: World, options: Partial<ClientOptions>): Setup {
  const clock = testClock(world)
  const client = createClient({
    project: world.project,
    environment: 'production',
    root: world.roots[0]!.bytes,
    mode: 'manual',
    pollInterval: 5_000,
    requestTimeout: 60_000,
    clock,
    ...options,
  })
  clients.push(client)
  const told: StatusEvent[] = []
  client.on('status', event => told.push(event))
  return { world, clock, client, told }
}

/** Flags that are on, by key. */
export const flagsOf = (...keys: string[]) =>
  Object.fromEntries(
    keys.map(key => [
      key,
      {
        on: true,
        type: 'boolean',
        variants: [
          ['on', true],
          ['off', false],
        ],
        off: 1,
        salt: key,
        rules: [],
        otherwise: { serve: 0 },
      },
    ]),
  )

export async function worldWith(...keys: string[]): Promise<World> {
  const world = await createWorld()
  await world.release('production', { flags: flagsOf(...(keys.length > 0 ? keys : ['new-checkout'])) })
  return world
}

export async function until(holds: () => boolean, what = 'it'): Promise<void> {
  for (let i = 0; i < 3_000; i++) {
    if (holds()) return
    await new Promise(resolve => setTimeout(resolve, 5))
  }
  throw new Error(`${what} did not come about: ${holds}`)
}

export const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

/** After each test: what was made for it ends. */
export async function cleanUp(): Promise<void> {
  await Promise.all(clients.splice(0).map(client => client.close()))
  await Promise.all(servers.splice(0).map(server => server.die().catch(() => undefined)))
  await Promise.all(folders.splice(0).map(folder => rm(folder, { recursive: true, force: true })))
}
