// A server for the load scripts, in a process of its own: a signed environment in which a flag is stopped whenever the
// parent says so.
import { sourceFiles } from '../src/adapters/serve/files.ts'
import { listen } from '../src/adapters/serve/listen.ts'
import { base64 } from '../src/base/bytes.ts'
import { createWorld } from '../test/support/world.ts'

export type ToServer = { readonly push: number } | { readonly report: true } | { readonly stop: true }
export type FromServer = Started | { readonly pushed: number; readonly at: number } | Report

export interface Started {
  readonly url: string
  readonly port: number
  /** The root statement, for clients that verify; and the time of the world in which it was signed. */
  readonly root: string
  readonly now: number
}

export interface Report {
  readonly rss: number
  readonly heap: number
  readonly cpuMs: number
  readonly streams: number
  readonly dropped: number
}

const world = await createWorld()
await world.release()
const listeners = new Set<(head: Uint8Array) => void>()
const store = sourceFiles({
  shop: {
    get: world.source.get,
    watch(_, onHead) {
      listeners.add(onHead)
      return () => listeners.delete(onHead)
    },
  },
})
const server = await listen({ store, port: 0, maxStreams: 50_000, maxStreamsFromOne: 50_000, recheckMs: 60_000 })
const send = (message: FromServer) => process.send!(message)

process.on('message', async (message: ToServer) => {
  if ('push' in message) {
    await world.stop('production', { flags: [`flag-${message.push}`] })
    // Signed and in the store; what is measured is the way from here into the clients.
    const at = performance.timeOrigin + performance.now()
    for (const onHead of listeners) onHead(world.store.get('production/head.json')!)
    send({ pushed: message.push, at })
  } else if ('report' in message) {
    globalThis.gc?.()
    const { rss, heapUsed } = process.memoryUsage()
    const { user, system } = process.cpuUsage()
    const dropped = /^ensign_streams_dropped_total (\d+)$/m.exec(server.handler.core.metrics.text())?.[1] ?? '0'
    const streams = server.handler.core.hubs.size()
    send({ rss, heap: heapUsed, cpuMs: (user + system) / 1000, streams, dropped: Number(dropped) })
  } else {
    await server.drain(100)
    process.disconnect()
  }
})
process.once('disconnect', () => process.exit())
send({ url: server.url, port: server.port, root: base64(world.roots[0]!.bytes), now: world.now })
