import { EnsignError } from '../../base/errors.ts'
import { gathering } from '../../base/gather.ts'
import { type AccessLine, accessLine } from './access-log.ts'
import { type Ask, isStream, type Reply } from './ask.ts'
import { BODY_MS, type Core, createCore, type ServeOptions } from './core.ts'
import { runtimeEncoders } from './encoders.ts'
import { refuse } from './replies.ts'

export interface FetchHandlerOptions extends ServeOptions {
  /** Where a request comes from, for the allow list and the rates: what the runtime tells, never a header of the caller. */
  readonly addressOf?: (request: Request) => string | undefined
  readonly log?: (line: AccessLine) => void
}

export interface FetchHandler {
  (request: Request): Promise<Response>
  readonly core: Core
}

/** Bytes that may wait in one listener's stream. */
const MAX_WAITING = 64 * 1024

/** A handler of web requests: Hono, Deno.serve, Bun.serve, a Worker's fetch. */
export function createFetchHandler(options: FetchHandlerOptions): FetchHandler {
  const core = createCore({ encoders: runtimeEncoders(), ...options })
  const now = options.now ?? Date.now
  const handler = async (request: Request): Promise<Response> => {
    const startedAt = now()
    let reply: Reply
    try {
      reply = await core.answer(askOf(request, options.addressOf?.(request), options.bodyMs ?? BODY_MS))
    } catch (error) {
      options.onError?.('answering a request', error)
      reply = refuse(503, 'unavailable', { kind: 'none' })
    }
    core.metrics.add('ensign_requests_total', `route="${reply.about.kind}",status="${reply.status}"`)
    if ('body' in reply && reply.body) core.metrics.add('ensign_response_bytes_total', '', reply.body.length)
    options.log?.(accessLine(reply, request.method, startedAt, now()))
    return responseOf(reply)
  }
  return Object.assign(handler, { core })
}

function askOf(request: Request, address: string | undefined, bodyMs: number): Ask {
  return {
    method: request.method,
    path: new URL(request.url).pathname,
    header: name => request.headers.get(name) ?? undefined,
    address,
    body: maxBytes => readBody(request, maxBytes, bodyMs),
  }
}

function responseOf(reply: Reply): Response {
  const headers = new Headers()
  for (let i = 0; i < reply.headers.length; i += 2) headers.append(reply.headers[i]!, reply.headers[i + 1]!)
  if (!isStream(reply)) return new Response(reply.body ?? null, { status: reply.status, headers })
  let leave = () => {}
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        leave = reply.join({
          write(frame) {
            if ((controller.desiredSize ?? 0) <= 0) return false
            controller.enqueue(frame)
            return true
          },
          end() {
            try {
              controller.close()
            } catch {
              // Cancelled meanwhile.
            }
          },
        })
      },
      cancel: () => leave(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: MAX_WAITING }),
  )
  return new Response(body, { status: 200, headers })
}

/** The body under a cap that holds while it streams, whatever Content-Length says, and under one deadline for all of it. */
async function readBody(request: Request, maxBytes: number, bodyMs: number): Promise<Uint8Array> {
  const tooLarge = () => new EnsignError('too_large', `the body is over ${maxBytes} bytes`)
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge()
  const reader = request.body?.getReader()
  if (reader === undefined) return new Uint8Array()
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new EnsignError('body_timeout', 'the body came too slowly')), bodyMs)
  })
  const body = gathering(maxBytes)
  try {
    for (;;) {
      const { value, done } = await Promise.race([reader.read(), late])
      if (done) return body.all()
      if (!body.add(value)) throw tooLarge()
    }
  } catch (error) {
    reader.cancel().catch(() => {})
    throw error
  } finally {
    clearTimeout(timer)
  }
}
