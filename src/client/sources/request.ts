import { EnsignError } from '../../base/errors.ts'
import type { Clock } from '../clock.ts'
import { asLineError, race, readChunks } from './body.ts'

/** As much of `fetch` as is needed. */
export type FetchLike = (url: string, init: FetchInit) => Promise<FetchReply>

export interface FetchInit {
  readonly method: 'GET'
  readonly headers: Readonly<Record<string, string>>
  readonly redirect: 'manual'
  readonly signal: AbortSignal
  readonly credentials?: 'omit'
  readonly cache?: 'no-store'
  readonly referrerPolicy?: 'no-referrer'
}

export interface FetchReply {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  readonly body: ReadableStream<Uint8Array> | null
}

/** A bearer token, or what gives the one that is valid now. */
export type Token = string | (() => string | Promise<string>)

export interface Line {
  readonly fetch: FetchLike
  readonly token: Token | undefined
  readonly clock: Clock
  readonly timeoutMs: number
}

export interface Ask {
  readonly url: URL
  /** Named in errors. */
  readonly at: string
  readonly accept?: string
  readonly etag?: string | undefined
  readonly lastEventId?: string | undefined
  readonly signal?: AbortSignal | undefined
}

export interface Reply {
  readonly status: number
  header(name: string): string | null
  /** Inflated, at most `maxBytes`, and never slower than the least rate. */
  readonly body: AsyncIterable<Uint8Array>
  /** Lets go of the connection. */
  end(): void
}

const MAX_REDIRECTS = 3
/** A body may take the timeout and then as long as its bytes take at this rate: one byte a second ends soon. */
export const LEAST_BYTES_PER_SECOND = 16 * 1024

/** One GET of a file, in bounded time and size. */
export async function request(line: Line, ask: Ask & { readonly maxBytes: number }): Promise<Reply> {
  const { reply, signal, limit, end } = await connect(line, ask)
  const { at, maxBytes } = ask
  const progress = (bytes: number) => limit(line.timeoutMs + (bytes / LEAST_BYTES_PER_SECOND) * 1000)
  return {
    status: reply.status,
    header: name => reply.headers.get(name),
    body: readChunks(reply.body, { at, maxBytes, signal, progress, end }),
    end,
  }
}

export interface Connection {
  readonly reply: FetchReply
  readonly signal: AbortSignal
  /** Ends the connection so many milliseconds after it began; undefined: no limit. */
  limit(ms: number | undefined): void
  /** Lets go of it. */
  end(): void
}

/**
 * One GET, until its answer begins. Redirects are followed inside the origin only, so that the token and the request
 * itself go nowhere else. Nothing is sent but the path of a document, the token, and what names the copy that we hold.
 */
export async function connect(line: Line, ask: Ask): Promise<Connection> {
  const control = new AbortController()
  const stop = (code: string, what: string) => control.abort(new EnsignError(code, what, { at: ask.at }))
  const abort = () => stop('aborted', 'the caller ended the request')
  if (ask.signal?.aborted) abort()
  ask.signal?.addEventListener('abort', abort, { once: true })
  const started = line.clock.elapsed()
  let cancel = () => {}
  const limit = (ms: number | undefined) => {
    cancel()
    cancel = () => {}
    if (ms === undefined) return
    const left = ms - (line.clock.elapsed() - started)
    cancel = line.clock.after(left, () => stop('timeout', 'the answer did not come in time'))
  }
  const end = () => {
    cancel()
    ask.signal?.removeEventListener('abort', abort)
    // After the last byte this does nothing; before it, it closes the connection.
    stop('aborted', 'the request is over')
  }
  limit(line.timeoutMs)
  try {
    return { reply: await follow(line, ask, control.signal), signal: control.signal, limit, end }
  } catch (error) {
    end()
    throw asLineError(error, ask.at)
  }
}

async function follow(line: Line, ask: Ask, signal: AbortSignal): Promise<FetchReply> {
  const headers = await race(headersOf(line, ask), signal)
  let url = ask.url
  for (let hops = 0; ; hops++) {
    const reply = await race(
      line.fetch(url.href, { method: 'GET', headers, redirect: 'manual', signal, ...extras() }),
      signal,
    )
    // Browsers show a redirect as status 0 without its target.
    if (reply.status !== 0 && (reply.status < 300 || reply.status > 399 || reply.status === 304)) return reply
    const target = targetOf(reply.headers.get('location'), url)
    await reply.body?.cancel().catch(() => undefined)
    if (target === undefined || target.origin !== ask.url.origin || hops === MAX_REDIRECTS) {
      throw new EnsignError('redirect', 'a redirect to another origin, or too many', { at: ask.at })
    }
    url = target
  }
}

async function headersOf(line: Line, ask: Ask): Promise<Record<string, string>> {
  const token = typeof line.token === 'function' ? await line.token() : line.token
  return {
    accept: ask.accept ?? '*/*',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(ask.etag !== undefined && { 'if-none-match': ask.etag }),
    ...(ask.lastEventId !== undefined && { 'last-event-id': ask.lastEventId }),
  }
}

function targetOf(location: string | null, base: URL): URL | undefined {
  return location !== null && URL.canParse(location, base.href) ? new URL(location, base.href) : undefined
}

/**
 * In browsers these keep cookies and the page's address at home; isolates know none of them and refuse what they do not
 * know. Looked up with each request: on Node the mere name `Request` loads an HTTP client, and importing does nothing.
 */
function extras(): Pick<FetchInit, 'credentials' | 'cache' | 'referrerPolicy'> {
  return typeof Request === 'function' && 'credentials' in Request.prototype && 'referrerPolicy' in Request.prototype
    ? { credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer' }
    : {}
}
