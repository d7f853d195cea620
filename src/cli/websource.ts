import { EnsignError } from '../base/errors.ts'
import type { Source } from '../bundle/source.ts'

const TIMEOUT_MS = 30_000

/** A store over HTTP, asked once for each file, as commands do; nothing of what it gives is trusted. */
export function webSource(url: string, project: string, token: string | undefined): Source {
  return {
    async get(path, { maxBytes, signal }) {
      const timeout = AbortSignal.timeout(TIMEOUT_MS)
      let response: Response
      try {
        response = await fetch(new URL(`v1/${project}/${path}`, url.endsWith('/') ? url : `${url}/`), {
          redirect: 'error',
          headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
          signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
        })
      } catch (cause) {
        throw new EnsignError('unavailable', 'the server does not answer', { cause })
      }
      if (response.status === 404) return undefined
      if (!response.ok || response.body === null) {
        throw new EnsignError('unavailable', `the server answered ${response.status}`, { at: path })
      }
      const chunks: Uint8Array[] = []
      let size = 0
      for await (const chunk of response.body) {
        size += chunk.length
        if (size > maxBytes) throw new EnsignError('too_large', `more than ${maxBytes} bytes`, { at: path })
        chunks.push(chunk)
      }
      return new Uint8Array(Buffer.concat(chunks))
    },
  }
}
