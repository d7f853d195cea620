import { connect, type Socket } from 'node:net'
import { wallClock } from './load-child.ts'

const REQUEST = 'GET /v1/shop/production/stream HTTP/1.1\r\nHost: load\r\nAccept: text/event-stream\r\n\r\n'
const ID = Buffer.from('id: 1.')
const END = Buffer.from('\n\n')
const BATCH = 250
const BUFFER = Buffer.alloc(64 * 1024)
/** Response headers, or a heartbeat, at most. */
const MAX_BEFORE_ID = 1_024

export interface Listeners {
  /** Forgets what came, and waits until a head has come to all of them, or ten seconds. */
  next(): Promise<{ readonly times: readonly number[]; readonly missing: number }>
  close(): void
}

/** Event streams that are only read, with as little work for each event as can be: they measure the server and not themselves. */
export async function openListeners(port: number, count: number): Promise<Listeners> {
  let times: number[] = []
  let waiting = 0
  let done = () => {}

  const listener = () =>
    new Promise<Socket>((resolve, reject) => {
      let inside = false
      // One buffer for all: what is read is looked at and forgotten.
      const callback = (size: number, buffer: Uint8Array) => {
        const chunk = (buffer as Buffer).subarray(0, size)
        inside ||= chunk.subarray(0, MAX_BEFORE_ID).includes(ID)
        if (!inside || !chunk.subarray(-2).equals(END)) return true
        inside = false
        times.push(wallClock())
        if (--waiting === 0) done()
        resolve(socket)
        return true
      }
      const socket: Socket = connect({ port, host: '127.0.0.1', onread: { buffer: BUFFER, callback } })
      socket.setNoDelay(true)
      socket.on('connect', () => socket.write(REQUEST))
      socket.on('error', reject)
    })

  const sockets: Socket[] = []
  for (let n = 0; n < count; n += BATCH) {
    sockets.push(...(await Promise.all(Array.from({ length: Math.min(BATCH, count - n) }, listener))))
  }
  return {
    async next() {
      times = []
      waiting = count
      await new Promise<void>(resolve => {
        const late = setTimeout(resolve, 10_000)
        done = () => {
          clearTimeout(late)
          resolve()
        }
        if (count === 0) done()
      })
      return { times, missing: waiting }
    },
    close() {
      for (const socket of sockets) socket.destroy()
    },
  }
}
