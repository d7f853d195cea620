import { EnsignError } from '../../base/errors.ts'
import { gather } from '../../base/gather.ts'
import { MAX_BUNDLE } from '../../base/limits.ts'
import type { GetOptions, Source } from '../../bundle/source.ts'
import { type Line, type Reply, request } from './request.ts'

export interface HttpSource extends Source {
  /** bundle.ndjson as it comes; undefined where the publisher left it out. */
  bundle(environment: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | undefined>
  /** The copy of head.json did not verify: ask for it whole next time, whoever named it so. */
  forgetHead(): void
  /** Milliseconds for which the server asked not to be asked. */
  wait(): number
}

/** An hour: whoever speaks for the server shall not be able to silence the client for good. */
export const MAX_WAIT_MS = 3_600_000
/** An ETag goes back as it came, so it is held to its form, and to a length at which it says little. */
const ETAG_FORM = /^(?:W\/)?"[\x21\x23-\x7e]{0,128}"$/

/** A store over HTTP. head.json is asked for conditionally; everything else is immutable and asked for once. */
export function httpSource(base: URL, project: string, line: Line): HttpSource {
  const heads = new Map<string, { readonly etag: string; readonly bytes: Uint8Array }>()
  let waitUntil = 0

  const ask = async (path: string, maxBytes: number, etag: string | undefined, signal: AbortSignal | undefined) => {
    const url = new URL(`v1/${project}/${path}`, base)
    const reply = await request(line, { url, at: path, maxBytes, etag, signal })
    if (reply.status === 200 || reply.status === 304) return reply
    reply.end()
    const retryAfter = waitOf(reply.header('retry-after'), line.clock.now())
    if (retryAfter !== undefined) waitUntil = line.clock.elapsed() + Math.min(retryAfter, MAX_WAIT_MS)
    if (isAbsent(reply.status, path)) return undefined
    throw refusal(reply.status, path)
  }

  const getHead = async (path: string, { maxBytes, signal }: GetOptions): Promise<Uint8Array | undefined> => {
    const known = heads.get(path)
    const reply = await ask(path, maxBytes, known?.etag, signal)
    if (reply === undefined) return undefined
    if (reply.status === 304) {
      reply.end()
      if (known === undefined) throw refusal(304, path)
      return known.bytes
    }
    checkType(reply, path)
    const bytes = await gather(reply.body)
    const etag = reply.header('etag')
    if (etag !== null && ETAG_FORM.test(etag)) heads.set(path, { etag, bytes })
    else heads.delete(path)
    return bytes
  }

  return {
    async get(path, options) {
      if (path.endsWith('/head.json')) return getHead(path, options)
      const reply = await ask(path, options.maxBytes, undefined, options.signal)
      if (reply === undefined) return undefined
      checkType(reply, path)
      return gather(reply.body)
    },
    async bundle(environment, signal) {
      const path = `${environment}/bundle.ndjson`
      const reply = await ask(path, MAX_BUNDLE, undefined, signal)
      if (reply !== undefined) checkType(reply, path)
      return reply?.body
    },
    forgetHead: () => heads.clear(),
    wait: () => Math.max(0, waitUntil - line.clock.elapsed()),
  }
}

/** Buckets that do not let others list them answer 403 for what is not there. The head must be there. */
function isAbsent(status: number, path: string): boolean {
  return status === 404 || status === 410 || (status === 403 && !path.endsWith('/head.json'))
}

function refusal(status: number, at: string): EnsignError {
  const what = `the server answers ${status}`
  if (status === 401 || status === 403) return new EnsignError('unauthorized', what, { at })
  if (status === 429) return new EnsignError('server_busy', what, { at })
  if (status >= 500) return new EnsignError('server_error', what, { at })
  return new EnsignError('http_status', what, { at })
}

/** No store file is a web page; a captive portal's answer is no statement to judge, but no answer. */
function checkType(reply: Reply, at: string): void {
  if (!/^\s*text\/html\b/i.test(reply.header('content-type') ?? '')) return
  reply.end()
  throw new EnsignError('content_type', 'a web page instead of a document', { at })
}

/** `Retry-After: 120` or an HTTP date. */
export function waitOf(header: string | null, now: number): number | undefined {
  if (header === null) return undefined
  const ms = /^\d{1,9}$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now
  return Number.isFinite(ms) && ms > 0 ? ms : undefined
}
