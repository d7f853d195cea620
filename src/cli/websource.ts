import { EnsignError } from '../base/errors.ts'
import { gather } from '../base/gather.ts'
import type { Source } from '../bundle/source.ts'

const TIMEOUT_MS = 30_000

/** A store over HTTP, asked once for each file, as commands do; nothing of what it gives is trusted. */
export function webSource(url: string, project: string, token: string | undefined): Source {
  return {
    async get(path, { maxBytes, signal }) {
      const address = new URL(`v1/${project}/${path}`, url.endsWith('/') ? url : `${url}/`)
      const response = await ask(address, token, signal)
      if (response.status === 404) return undefined
      return gather(bodyOf(response, path), maxBytes, path)
    },
  }
}

/** One file, as it comes; whoever reads it sets the limits. */
export async function webFile(url: string, token: string | undefined): Promise<AsyncIterable<Uint8Array>> {
  const address = new URL(url)
  return bodyOf(await ask(address, token, undefined), address.pathname)
}

async function ask(address: URL, token: string | undefined, signal: AbortSignal | undefined): Promise<Response> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS)
  try {
    return await fetch(address, {
      redirect: 'error',
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    })
  } catch (cause) {
    throw new EnsignError('unavailable', 'the server does not answer', { cause })
  }
}

const CODES: Readonly<Record<number, string>> = { 401: 'token_missing', 403: 'token_scope', 429: 'rate_limited' }

function bodyOf(response: Response, path: string): AsyncIterable<Uint8Array> {
  if (response.ok && response.body !== null) return response.body as unknown as AsyncIterable<Uint8Array>
  throw new EnsignError(CODES[response.status] ?? 'unavailable', `the server answered ${response.status}`, { at: path })
}

/** What time a server says it is, by its own clock; undefined where it does not. */
export async function serverTime(url: string): Promise<number | undefined> {
  try {
    const response = await fetch(url, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) })
    const date = Date.parse(response.headers.get('date') ?? '')
    return Number.isNaN(date) ? undefined : date
  } catch (cause) {
    throw new EnsignError('unavailable', 'the server does not answer', { cause })
  }
}
