import type { FetchLike as EventFetch, EventSource } from 'eventsource'
import { utf8 } from '../../base/bytes.ts'
import { EnsignError } from '../../base/errors.ts'
import { MAX_HEAD_FILE } from '../../base/limits.ts'
import { createBackoff } from '../retry.ts'
import { asLineError } from './body.ts'
import { watchBody } from './eventbody.ts'
import { MAX_WAIT_MS, waitOf } from './http.ts'
import { connect, type Line } from './request.ts'

export interface StreamOptions {
  readonly url: URL
  readonly line: Line
  readonly random: () => number
  /** Names the head that we hold, so that the server need not repeat it. */
  readonly lastEventId: () => string | undefined
  readonly onHead: (head: Uint8Array) => void
  /** Something came, perhaps a heartbeat only. */
  readonly onAlive: () => void
  /** The line is down; it is tried again in a while. Polling has to do meanwhile. */
  readonly onDown: (error: EnsignError) => void
}

export interface Stream {
  /** What it delivered does not verify: drop the line, and come back later. */
  reject(): void
  close(): void
}

/** The server sends a heartbeat every 15 seconds. */
const SILENCE_MS = 45_000
const BACKOFF_MS = 1_000
const BACKOFF_CAP_MS = 60_000
/** A line that held for so long starts from the shortest wait when it breaks. */
const STEADY_MS = 60_000
/** Where a server has no stream (404 and the like) it is asked rarely: it may be given one. */
const ABSENT_MS = 600_000
const FRAME_SLACK = 4_096

/** Server-Sent Events of one environment. The reconnects are ours: with full jitter, a cap, and a reset. */
export function openStream(options: StreamOptions): Stream {
  const { line, random } = options
  const { clock } = line
  const backoff = createBackoff(BACKOFF_MS, BACKOFF_CAP_MS, random)
  const closed = new AbortController()
  let drop = (_error: EnsignError) => {}

  const attempt = async (): Promise<void> => {
    const { EventSource: Source } = await import('eventsource')
    if (closed.signal.aborted) return
    const opened = clock.elapsed()
    let over = false
    let retryMs = 0
    let source: EventSource | undefined

    const end = (error: EnsignError): void => {
      if (over) return
      over = true
      cancelSilence()
      control.abort(error)
      // Later: the library starts a timer of its own after it told of an error, and closing ends that too.
      queueMicrotask(() => source?.close())
      if (closed.signal.aborted) return
      if (clock.elapsed() - opened > STEADY_MS) backoff.reset()
      const wait = Math.max(backoff.next(), retryMs * (1 + random()))
      again = clock.after(wait, start)
      options.onDown(error)
    }
    const control = new AbortController()
    let cancelSilence = () => {}
    const listen = () => {
      cancelSilence()
      cancelSilence = clock.after(SILENCE_MS, () => end(new EnsignError('stream_silent', 'the stream is silent', AT)))
    }
    drop = end

    const fetchEvents: EventFetch = async url => {
      try {
        const asked = { url: new URL(url), at: AT.at, accept: 'text/event-stream', lastEventId: options.lastEventId() }
        const { reply, limit, signal } = await connect(line, { ...asked, signal: control.signal })
        if (reply.status !== 200) {
          const asked = waitOf(reply.headers.get('retry-after'), clock.now())
          retryMs = Math.min(asked ?? (isAbsent(reply.status) ? ABSENT_MS : 0), MAX_WAIT_MS)
          control.abort()
          throw new EnsignError('stream_ended', `the server answers ${reply.status}`, AT)
        }
        limit(undefined)
        listen()
        const onBytes = () => {
          listen()
          options.onAlive()
        }
        const body = watchBody(reply.body, { signal, onBytes, maxFrame: MAX_HEAD_FILE + FRAME_SLACK })
        return { body, url: String(url), status: reply.status, redirected: false, headers: reply.headers }
      } catch (error) {
        end(asLineError(error, AT.at))
        throw error
      }
    }

    source = new Source(options.url, { fetch: fetchEvents })
    source.addEventListener('head', ({ data }) => {
      if (!over && typeof data === 'string') options.onHead(utf8(data))
    })
    source.addEventListener('error', () => end(new EnsignError('stream_ended', 'the stream ended', AT)))
  }

  let again = () => {}
  const start = (): void => {
    attempt().catch(error => options.onDown(asLineError(error, AT.at)))
  }
  start()

  return {
    reject: () => drop(new EnsignError('stream_ended', 'the stream delivers what does not verify', AT)),
    close() {
      closed.abort()
      again()
      drop(new EnsignError('closed', 'the client was closed', AT))
    },
  }
}

const AT = { at: 'stream' }

function isAbsent(status: number): boolean {
  return status >= 300 && status < 500 && status !== 429 && status !== 408
}
