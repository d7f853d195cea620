import { connect, type Socket } from 'node:net'
import { wallClock } from './load-child.ts'

const REQUEST = 'GET /v1/shop/production/stream HTTP/1.1\r\nHost: load\r\nAccept: text/event-stream\r\n\r\n'
const ID = Buffer.from('id: 1.')
const END = Buffer.from('\n\n')
const BATCH = 250

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
      const socket = connect(port, '127.0.0.1', () => socket.write(REQUEST))
      socket.setNoDelay(true)
      socket.on('data', chunk => {
        if (chunk.includes(ID)) inside = true
        if (!inside || !chunk.subarray(-2).equals(END)) return
        inside = false
        times.push(wallClock())
        if (--waiting === 0) done()
        resolve(socket)
      })
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
