import type { IncomingMessage, ServerResponse } from 'node:http'
import { EnsignError } from '../../base/errors.ts'
import { gathering } from '../../base/gather.ts'
import { type AccessLine, accessLine } from './access-log.ts'
import { type Ask, isStream, type Reply, type StreamReply } from './ask.ts'
import { BODY_MS, type Core, createCore, type ServeOptions } from './core.ts'
import { runtimeEncoders } from './encoders.ts'
import { refuse } from './replies.ts'

export interface HandlerOptions extends ServeOptions {
  readonly log?: (line: AccessLine) => void
  /** Proxies in front of this server that append to X-Forwarded-For; 0, the default, believes the socket alone. */
  readonly trustedProxies?: number
  /** How long a reader may take for each 256 KiB of an answer; default 30,000. */
  readonly pieceMs?: number
}

export interface Handler {
  (request: IncomingMessage, response: ServerResponse): void
  readonly core: Core
}

/**
 * Node leaves out silently what is over its own limit of headers, and the last of them may be the address that a proxy
 * wrote: whoever sends so many before it would come from the proxy itself. So nobody may.
 */
export const MAX_HEADERS_COUNT = 100

/** A longer answer goes out in pieces of so many bytes, each with its own time. */
const PIECE = 256 * 1024
const PIECE_MS = 30_000

/** Bytes that may wait in one listener's socket; and for how long any may. */
const MAX_WAITING = 64 * 1024
const MAX_WAITING_MS = 30_000

/** A handler for `http.createServer`, Express, Fastify (`reply.hijack()`): no Request or Response is made on the way. */
export function createHandler(options: HandlerOptions): Handler {
  const core = createCore({ encoders: runtimeEncoders(), ...options })
  const now = options.now ?? Date.now
  const proxies = options.trustedProxies ?? 0

  const send = (request: IncomingMessage, response: ServerResponse, reply: Reply, startedAt: number) => {
    core.metrics.add('ensign_requests_total', `route="${reply.about.kind}",status="${reply.status}"`)
    options.log?.(accessLine(reply, request.method ?? '', startedAt, now()))
    if (response.destroyed) return
    if (isStream(reply)) {
      // It waits behind another answer on its connection, and Node tells it of no end: a stream that never flows nor leaves.
      if (response.socket === null) request.socket.destroy()
      else stream(response, reply, now)
      return
    }
    // What was not read of a body is not waited for, and a server that drains keeps nobody.
    const last = (hasBody(request) && !request.complete) || core.draining()
    response.writeHead(reply.status, (last ? [...reply.headers, 'Connection', 'close'] : reply.headers) as string[])
    if (reply.body === undefined) {
      response.end()
      return
    }
    core.metrics.add('ensign_response_bytes_total', '', reply.body.length)
    if (reply.body.length <= PIECE) response.end(reply.body)
    else sendInPieces(response, reply.body, options.pieceMs ?? PIECE_MS)
  }

  const handler = (request: IncomingMessage, response: ServerResponse): void => {
    const startedAt = options.log === undefined ? 0 : now()
    const fail = (error: unknown) => {
      options.onError?.('answering a request', error)
      if (!response.headersSent) send(request, response, refuse(503, 'unavailable', { kind: 'none' }), startedAt)
      else response.destroy()
    }
    try {
      if (request.rawHeaders.length > 2 * MAX_HEADERS_COUNT) {
        send(request, response, refuse(431, 'too_many_headers', { kind: 'none' }), startedAt)
        return
      }
      const reply = core.answer(askOf(request, proxies, options.bodyMs ?? BODY_MS))
      if (reply instanceof Promise) reply.then(done => send(request, response, done, startedAt)).catch(fail)
      else send(request, response, reply, startedAt)
    } catch (error) {
      fail(error)
    }
  }
  return Object.assign(handler, { core })
}

function askOf(request: IncomingMessage, proxies: number, bodyMs: number): Ask {
  const { headers } = request
  const url = request.url ?? ''
  const query = url.indexOf('?')
  return {
    method: request.method ?? '',
    path: query === -1 ? url : url.slice(0, query),
    header(name) {
      const value = headers[name]
      return Array.isArray(value) ? value.join(', ') : value
    },
    get address() {
      return addressOf(request, proxies)
    },
    body: maxBytes => readBody(request, maxBytes, bodyMs),
  }
}

/**
 * Each trusted proxy appends one address on the right; what stands further left was written by the caller. Where there
 * are fewer than there are proxies, all of them were written by proxies.
 */
function addressOf(request: IncomingMessage, proxies: number): string | undefined {
  const header = request.headers['x-forwarded-for']
  if (proxies === 0 || typeof header !== 'string') return request.socket.remoteAddress
  const [written] = header.split(',').slice(-proxies) as [string]
  const address = written.trim()
  return WITH_PORT.exec(address)?.slice(1).find(Boolean) ?? address
}

/** Some proxies add the port, which is another one with each connection: `192.0.2.7:51234`, `[2001:db8::7]:51234`. */
const WITH_PORT = /^(?:\[([^\]]+)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+):\d+)$/

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'
}

/** Who takes nothing of it shall not hold a connection, and a file that was replaced long ago, for ever. */
function sendInPieces(response: ServerResponse, body: Uint8Array, pieceMs: number): void {
  let at = 0
  let timer: NodeJS.Timeout | undefined
  const next = () => {
    clearTimeout(timer)
    if (response.destroyed) return
    if (at === body.length) {
      response.end()
      return
    }
    const piece = body.subarray(at, at + PIECE)
    at += piece.length
    timer = setTimeout(() => response.destroy(), pieceMs).unref()
    response.write(piece, next)
  }
  response.once('close', () => clearTimeout(timer))
  next()
}

function stream(response: ServerResponse, reply: StreamReply, now: () => number): void {
  // No chunked coding: an event then goes to the socket in one piece, the same memory for every listener.
  response.removeHeader('Transfer-Encoding')
  response.writeHead(200, reply.headers as string[])
  response.flushHeaders()
  response.socket?.setNoDelay(true)
  // It says when a listener is too slow; one that is only silent may stay.
  response.socket?.setTimeout(0)
  let waitingSince: number | undefined
  const leave = reply.join({
    write(frame) {
      if (response.destroyed) return false
      const waiting = response.writableLength
      if (waiting === 0) waitingSince = undefined
      else waitingSince ??= now()
      if (waiting > MAX_WAITING || (waitingSince !== undefined && now() - waitingSince > MAX_WAITING_MS)) {
        // `end` would wait for what the listener does not take.
        response.destroy()
        return false
      }
      response.write(frame)
      return true
    },
    end: () => response.end(),
  })
  response.once('close', leave)
  response.on('error', leave)
}

/** The body under a cap that holds while it streams, whatever Content-Length says, and under one deadline for all of it. */
function readBody(request: IncomingMessage, maxBytes: number, bodyMs: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const body = gathering(maxBytes)
    const settle = (finish: () => void) => {
      clearTimeout(timer)
      request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone)
      finish()
    }
    const refuseBody = (code: string, what: string) =>
      settle(() => {
        request.pause()
        reject(new EnsignError(code, what))
      })
    const onData = (chunk: Buffer) => {
      if (!body.add(chunk)) refuseBody('too_large', `the body is over ${maxBytes} bytes`)
    }
    const onEnd = () => settle(() => resolve(body.all()))
    const onGone = () => refuseBody('body', 'the body ended early')
    const timer = setTimeout(() => refuseBody('body_timeout', 'the body came too slowly'), bodyMs)
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
      refuseBody('too_large', `the body is over ${maxBytes} bytes`)
      return
    }
    request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone)
  })
}
