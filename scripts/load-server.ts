// A server for the load scripts, in a process of its own: one environment whose head is pushed when the parent says so.
import { listen } from '../src/adapters/serve/listen.ts'
import { base64url, utf8 } from '../src/base/bytes.ts'
import { memoryStore } from '../src/publisher/stores/memory.ts'

export type ToServer = { readonly push: number } | { readonly report: true } | { readonly stop: true }
export type FromServer =
  | { readonly url: string; readonly port: number }
  | { readonly pushed: number; readonly at: number }
  | Report

export interface Report {
  readonly rss: number
  readonly heap: number
  readonly cpuMs: number
  readonly streams: number
  readonly dropped: number
}

const HEAD = 'v1/shop/production/head.json'

/** The size of a real head with one release, a stop and proofs; its signatures are filler, which a server never looks at. */
function headOf(sequence: number): Uint8Array {
  const payload = base64url(
    utf8(JSON.stringify({ epoch: 1, sequence, expires: '2026-11-22T00:00:00Z', f: 'x'.repeat(700) })),
  )
  const head = JSON.stringify({ payload, signatures: [{ protected: 'p'.repeat(140), signature: 's'.repeat(86) }] })
  return utf8(JSON.stringify({ head, release: 'r'.repeat(1_600), stops: ['s'.repeat(900)], proofs: 'f'.repeat(600) }))
}

const store = memoryStore()
let tag = await store.put(HEAD, headOf(1), { ifNoneMatch: true })
const server = await listen({ store, port: 0, maxStreams: 50_000, recheckMs: 1_000 })
const send = (message: FromServer) => process.send!(message)

process.on('message', async (message: ToServer) => {
  if ('push' in message) {
    const at = performance.timeOrigin + performance.now()
    tag = await store.put(HEAD, headOf(message.push), { ifMatch: tag })
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
send({ url: server.url, port: server.port })
