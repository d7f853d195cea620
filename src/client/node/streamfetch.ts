import { request as requestPlain } from 'node:http'
import { request as requestTls } from 'node:https'
import { Readable } from 'node:stream'
import type { FetchLike } from '../sources/request.ts'

/**
 * A GET whose connection never keeps the process alive, which Node's own `fetch` cannot promise for a stream that stays
 * open. It follows no redirect and inflates nothing; event streams come plain.
 */
export const streamFetch: FetchLike = (url, { headers, signal }) =>
  new Promise((resolve, reject) => {
    const target = new URL(url)
    const request = target.protocol === 'https:' ? requestTls : requestPlain
    const asked = request(target, { headers, signal, agent: false })
    asked.on('socket', socket => socket.unref())
    asked.on('error', reject)
    asked.on('response', reply => {
      resolve({
        status: reply.statusCode ?? 0,
        headers: {
          get(name) {
            const value = reply.headers[name]
            return typeof value === 'string' ? value : null
          },
        },
        body: Readable.toWeb(reply) as ReadableStream<Uint8Array>,
      })
    })
    asked.end()
  })
