import { readFileSync } from 'node:fs'
import { createServer, type Server, type ServerOptions } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { EnsignError } from '../../base/errors.ts'
import { createHandler, type Handler, type HandlerOptions, MAX_HEADERS_COUNT } from './node.ts'

export interface ListenOptions extends HandlerOptions {
  readonly host?: string
  readonly port: number
  /** PEM files. They are read again by `reload`, so that a renewed certificate needs no restart. */
  readonly tls?: { readonly cert: string; readonly key: string }
}

export interface Listening {
  readonly handler: Handler
  readonly host: string
  readonly port: number
  readonly url: string
  /** Reads the TLS files again. */
  reload(): void
  /** Refuses new connections and streams at once, ends those that are open within `graceMs`, and resolves when all are gone. */
  drain(graceMs: number): Promise<void>
}

/** A header that is not sent within this, a request that is not, a connection that says nothing: each is cut off. */
const LIMITS: ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 75_000,
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 16 * 1024,
}

/** A connection on which nothing moves in either direction: whoever asks, and then reads no answer. */
const IDLE_MS = 120_000

/** Before it is over, none of the limits of HTTP count. */
const HANDSHAKE_MS = 10_000

export async function listen(options: ListenOptions): Promise<Listening> {
  const handler = createHandler(options)
  const { tls } = options
  const pem = () => ({ cert: readFileSync(tls!.cert), key: readFileSync(tls!.key) })
  const server: Server | TlsServer = tls
    ? createTlsServer({ ...LIMITS, ...pem(), minVersion: 'TLSv1.2', handshakeTimeout: HANDSHAKE_MS }, handler)
    : createServer(LIMITS, handler)
  // One more than the handler takes, so that it sees that there are too many.
  server.maxHeadersCount = MAX_HEADERS_COUNT + 1
  server.timeout = IDLE_MS
  handler.core.metrics.gauge('ensign_process_resident_memory_bytes', () => [['', process.memoryUsage.rss()]])
  const { port: wanted, host = '127.0.0.1' } = options
  await new Promise<void>((resolve, reject) => {
    const refused = (cause: NodeJS.ErrnoException) =>
      reject(new EnsignError('listen', `cannot listen on ${host} port ${wanted}: ${cause.code}`, { cause }))
    server.once('error', refused)
    server.listen({ port: wanted, host, backlog: 4_096 }, () => {
      server.off('error', refused)
      resolve()
    })
  })
  // A connection that the system could not give ends nobody else's.
  server.on('error', error => options.onError?.('taking a connection', error))
  const { address, family, port } = server.address() as AddressInfo
  const shown = family === 'IPv6' ? `[${address}]` : address
  return {
    handler,
    host: address,
    port,
    url: `${tls ? 'https' : 'http'}://${shown}:${port}`,
    reload() {
      if (tls !== undefined) (server as TlsServer).setSecureContext({ ...pem(), minVersion: 'TLSv1.2' })
    },
    drain(graceMs) {
      return new Promise(resolve => {
        const deadline = setTimeout(() => server.closeAllConnections(), graceMs)
        server.close(() => {
          clearTimeout(deadline)
          resolve()
        })
        server.closeIdleConnections()
        // All streams end within half of the grace, one after the other: they come back to another server, and not as one herd.
        handler.core.drain(graceMs / 2)
      })
    },
  }
}
