import dns from 'node:dns'
import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { ClientOptions } from '../../src/index.node.ts'
import { type Cache, folderCache } from '../../src/index.node.ts'
import {
  clientOf,
  flagsOf,
  type Setup,
  type StoreServer,
  serveWorld,
  sleep,
  temporary,
  until,
  worldWith,
} from './support.ts'

const cut = (bytes: Uint8Array) => bytes.subarray(0, bytes.length >> 1)

/** The disk under a cache: one that is full refuses as the kernel does. */
interface Disk {
  readonly folder: string
  full: boolean
}

export interface FaultSetup extends Setup {
  readonly disk: Disk
}

/** What happens to the server, the line or the machine, and how it ends. */
export interface FaultCase {
  readonly name: string
  /** What the client is given beside the address of the server. */
  readonly options?: (server: StoreServer, disk: Disk) => Partial<ClientOptions>
  begin(setup: FaultSetup, server: StoreServer): void | Promise<void>
  end?(setup: FaultSetup, server: StoreServer): void | Promise<void>
  /** What must be so once the client is back. */
  readonly healed?: (setup: FaultSetup) => Promise<void>
}

/** Linux has a device on which every write fails with ENOSPC. */
const FULL = '/dev/full'

function cacheOn(disk: Disk): Cache {
  const cache = folderCache(join(disk.folder, 'cache'))
  return { load: cache.load, save: (key, bytes) => (disk.full ? writeFile(FULL, bytes) : cache.save(key, bytes)) }
}

/** The stop that came meanwhile is in the cache: one who starts from it alone has it. */
async function cached({ world, disk }: FaultSetup): Promise<void> {
  const isThere = async () => {
    const { client } = clientOf(world, { source: { get: async () => undefined }, cache: cacheOn(disk) })
    await client.ready()
    const there = client.provenance().source === 'cache' && !client.isEnabled('stopped')
    await client.close()
    return there
  }
  for (let n = 0; n < 200; n++) {
    if (await isThere()) return
    await sleep(20)
  }
  throw new Error('the cache was never written again')
}

/** Names that are not found, as far as the sockets of this process are concerned. */
const nameless = new Set<string>()
const { lookup } = dns
dns.lookup = Object.assign((name: string, ...rest: unknown[]): void => {
  const done = rest.at(-1)
  if (nameless.has(name) && typeof done === 'function') {
    const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND', hostname: name })
    setImmediate(() => done(error))
  } else Reflect.apply(lookup, dns, [name, ...rest])
}, lookup)

const answers = (status: number, headers: Record<string, string> = {}, body = ''): FaultCase['begin'] => {
  return (_, server) => {
    server.fault = (_request, reply) => {
      reply.writeHead(status, headers).end(body)
      return true
    }
    for (const stream of server.streams) stream.destroy()
  }
}

export const FAULTS: readonly FaultCase[] = [
  { name: 'the server dies and comes back', begin: (_, server) => server.die(), end: (_, server) => server.revive() },
  {
    name: 'connections are half open: accepted, and then nothing',
    begin: (_, server) => {
      server.fault = () => true
      // The stream that stands is as dead as the rest, and no end of it comes over the wire.
      server.streams.clear()
    },
  },
  {
    name: 'bodies are cut off',
    begin: ({ world }, server) => {
      server.fault = (_request, reply, path) => {
        const bytes = world.store.get(path)
        if (bytes === undefined) return false
        reply.writeHead(200, { 'content-length': bytes.length })
        reply.write(cut(bytes), () => reply.destroy())
        return true
      }
    },
  },
  {
    name: 'bodies are cut off, and look whole',
    begin: ({ world }, server) => {
      server.fault = (_request, reply, path) => {
        const bytes = world.store.get(path)
        if (bytes !== undefined) reply.writeHead(200).end(cut(bytes))
        return bytes !== undefined
      }
    },
  },
  {
    name: 'bodies come slowly',
    begin: ({ world }, server) => {
      server.fault = (_request, reply, path) => {
        const bytes = world.store.get(path)
        if (bytes === undefined) return false
        reply.writeHead(200)
        let at = 0
        const timer = setInterval(() => {
          if (reply.destroyed || at >= bytes.length) clearInterval(timer)
          else reply.write(bytes.subarray(at, ++at))
        }, 20)
        return true
      }
    },
  },
  { name: 'bytes are wrong', begin: answers(200, {}, '\u0000\u0001{"head":[]}') },
  { name: 'a web page answers', begin: answers(200, { 'content-type': 'text/html' }, '<html></html>') },
  { name: 'a storm of 500', begin: answers(500) },
  { name: 'a storm of 503', begin: answers(503) },
  { name: 'everything is forbidden', begin: answers(403) },
  {
    name: 'a proxy holds the stream back',
    begin: (_, server) => {
      server.fault = (_request, reply, path) => {
        if (!path.endsWith('/stream')) return false
        reply.writeHead(200, { 'content-type': 'text/event-stream' })
        reply.flushHeaders()
        return true
      }
      for (const stream of server.streams) stream.destroy()
    },
  },
  {
    name: 'the name of the server is not found',
    options: ({ port }) => ({ url: `http://localhost:${port}` }),
    begin(_, server) {
      nameless.add('localhost')
      server.cut()
    },
    end: () => void nameless.delete('localhost'),
  },
  ...(existsSync(FULL)
    ? [
        {
          name: 'the disk of the cache is full',
          options: (_, disk) => ({ cache: cacheOn(disk) }),
          begin({ disk }, server) {
            disk.full = true
            server.push()
          },
          end({ disk }) {
            disk.full = false
          },
          healed: cached,
        } satisfies FaultCase,
      ]
    : []),
  {
    name: 'the folder of the cache is no folder any more',
    options: (_, disk) => ({ cache: cacheOn(disk) }),
    async begin({ disk }, server) {
      await rm(join(disk.folder, 'cache'), { recursive: true, force: true })
      await writeFile(join(disk.folder, 'cache'), '')
      server.push()
    },
    end: ({ disk }) => rm(join(disk.folder, 'cache'), { force: true }),
    healed: cached,
  },
  {
    name: 'the clock jumps ahead',
    begin: ({ clock }) => {
      clock.off = 400 * 24 * 3600_000
    },
    end: ({ clock }) => {
      clock.off = 0
    },
  },
  {
    name: 'the clock jumps back',
    begin: ({ clock }) => {
      clock.off = -400 * 24 * 3600_000
    },
    end: ({ clock }) => {
      clock.off = 0
    },
  },
]

export interface Passed {
  readonly name: string
  /** Requests while the fault lasted, and after. */
  readonly during: number
  readonly after: number
  /** From the end of the fault until the change was in force. */
  readonly intervals: number
}

/** Runs one fault; throws where an answer was never published. `ms` is how long it lasts, in wall time. */
export async function runFault(fault: FaultCase, ms: number, pollMs: number): Promise<Passed> {
  const world = await worldWith('kept', 'stopped')
  const server = await serveWorld(world)
  const disk = { folder: await temporary(), full: false }
  const setup: FaultSetup = {
    disk,
    ...clientOf(world, {
      url: server.url,
      mode: 'stream',
      pollInterval: pollMs,
      requestTimeout: pollMs / 3,
      ...fault.options?.(server, disk),
    }),
  }
  const { client, clock } = setup
  await client.ready()
  await until(() => server.streams.size === 1, 'a stream')

  const wrong: string[] = []
  let mayStop = false
  const look = () => {
    if (!client.isEnabled('kept')) wrong.push('kept is off')
    if (!client.isEnabled('stopped') && !mayStop) wrong.push('stopped is off')
  }
  const looking = setInterval(look, 1)
  server.asked.length = 0
  await fault.begin(setup, server)
  await sleep(ms / 2)
  world.wait(1_000)
  mayStop = true
  await world.stop('production', { flags: ['stopped'] })
  server.push()
  await sleep(ms / 2)
  const during = server.asked.length
  server.fault = undefined
  await fault.end?.(setup, server)
  server.asked.length = 0
  const ended = clock.elapsed()
  await until(() => !client.isEnabled('stopped'), `the stop after: ${fault.name}`)
  await until(() => client.provenance().status === 'current', `current after: ${fault.name}`)
  const intervals = (clock.elapsed() - ended) / pollMs
  const after = server.asked.length
  clearInterval(looking)
  if (wrong.length > 0) throw new Error(`${fault.name}: ${wrong[0]}, ${wrong.length} times`)
  if (fault.healed !== undefined) {
    // A cache that failed is written again with the next change.
    world.wait(1_000)
    await world.head()
    server.push()
    await fault.healed(setup)
  }
  await client.close()
  await server.die().catch(() => undefined)
  return { name: fault.name, during, after, intervals }
}

export interface Measured {
  readonly heap: number
  readonly handles: number
}

/** Heap after a collection, and what the event loop holds. */
export async function measure(): Promise<Measured> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  for (let i = 0; i < 3; i++) {
    collect()
    await sleep(20)
  }
  return { heap: process.memoryUsage().heapUsed, handles: process.getActiveResourcesInfo().length }
}

/** So many updates through one client, a release among them now and then; measured twice. */
export async function runUpdates(first: number, then: number): Promise<readonly [Measured, Measured]> {
  const world = await worldWith('a', 'b')
  const { client } = clientOf(world, { source: world.source, mode: 'poll', pollInterval: 3_600_000 })
  client.on('change', () => undefined)
  await client.ready()
  const update = async (i: number) => {
    world.wait(1_000)
    if (i % 20 === 0) await world.release('production', { flags: flagsOf('a', i % 40 === 0 ? 'b' : 'c') })
    else await world.head()
    world.asked.length = 0
    client.for({ userId: 'u' }).isEnabled('a')
    await client.refresh()
    if (client.provenance().status !== 'current') throw new Error(`update ${i}: ${client.provenance().code}`)
  }
  for (let i = 1; i <= first; i++) await update(i)
  const before = await measure()
  for (let i = first + 1; i <= first + then; i++) await update(i)
  const after = await measure()
  await client.close()
  return [before, after]
}

/** So many streams that break, through one client; measured twice. */
export async function runReconnects(first: number, then: number): Promise<readonly [Measured, Measured]> {
  const world = await worldWith('a')
  const server = await serveWorld(world)
  const { client } = clientOf(world, { url: server.url, mode: 'stream', pollInterval: 3_600_000, random: () => 0.001 })
  await client.ready()
  await until(() => server.streams.size === 1, 'a stream')
  const reconnect = async () => {
    const [stream] = [...server.streams]
    stream!.destroy()
    await until(() => server.streams.size === 1 && !server.streams.has(stream!), 'another stream')
    server.asked.length = 0
  }
  for (let i = 0; i < first; i++) await reconnect()
  const before = await measure()
  for (let i = 0; i < then; i++) await reconnect()
  const after = await measure()
  await client.close()
  await server.die()
  return [before, after]
}
