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
  readonly maxBytes: number
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

/**
 * One GET. Follows redirects inside the origin only, so that the token and the request itself go nowhere else.
 * Nothing is sent but the path of a document, the token, and what names the copy that we hold.
 */
export async function request(line: Line, ask: Ask): Promise<Reply> {
  const control = new AbortController()
  const abort = () => control.abort(new EnsignError('aborted', 'the caller ended the request', { at: ask.at }))
  if (ask.signal?.aborted) abort()
  ask.signal?.addEventListener('abort', abort, { once: true })
  const started = line.clock.elapsed()
  const late = () => control.abort(new EnsignError('timeout', 'the answer did not come in time', { at: ask.at }))
  let cancel = line.clock.after(line.timeoutMs, late)
  const end = () => {
    cancel()
    ask.signal?.removeEventListener('abort', abort)
    // After the last byte this does nothing; before it, it closes the connection.
    control.abort(new EnsignError('aborted', 'the request is over', { at: ask.at }))
  }
  const progress = (bytes: number) => {
    cancel()
    const allowed = line.timeoutMs + (bytes / LEAST_BYTES_PER_SECOND) * 1000
    cancel = line.clock.after(allowed - (line.clock.elapsed() - started), late)
  }
  try {
    const reply = await follow(line, ask, control.signal)
    return {
      status: reply.status,
      header: name => reply.headers.get(name),
      body: readChunks(reply.body, { at: ask.at, maxBytes: ask.maxBytes, signal: control.signal, progress, end }),
      end,
    }
  } catch (error) {
    end()
    throw asLineError(error, ask.at)
  }
}

async function follow(line: Line, ask: Ask, signal: AbortSignal): Promise<FetchReply> {
  const headers = await race(headersOf(line, ask), signal)
  let url = ask.url
  for (let hops = 0; ; hops++) {
    const reply = await race(line.fetch(url.href, { method: 'GET', headers, redirect: 'manual', signal, ...EXTRAS }), signal)
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

/** In browsers these keep cookies and the page's address at home; isolates know none of them and refuse what they do not know. */
const EXTRAS: Pick<FetchInit, 'credentials' | 'cache' | 'referrerPolicy'> =
  typeof Request === 'function' && 'credentials' in Request.prototype && 'referrerPolicy' in Request.prototype
    ? { credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer' }
    : {}
