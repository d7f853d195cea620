import { EnsignError } from '../src/base/errors.ts'
import type { Source } from '../src/bundle/source.ts'

/** The store that this page was served with. The token stays in memory and goes to this origin only. */
export function storeSource(project: string, token: string | undefined): Source {
  return {
    async get(path, { maxBytes }) {
      const reply = await fetch(`../v1/${project}/${path}`, {
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
        redirect: 'error',
        cache: 'no-cache',
      })
      if (reply.status === 404) return undefined
      if (!reply.ok) throw new EnsignError('http', `the server answered ${reply.status}`, { at: path })
      const bytes = new Uint8Array(await reply.arrayBuffer())
      if (bytes.length > maxBytes) throw new EnsignError('too_large', `more than ${maxBytes} bytes`, { at: path })
      return bytes
    },
  }
}
