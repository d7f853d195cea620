import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A line to a server that can be cut, or go dead without a word. */
export interface Wire {
  readonly port: number
  /** Breaks every connection, as a server or a balancer that dies does. */
  cut(): void
  /** `dead`: connections stay, and nothing comes through any more. What was held back is lost with its connection. */
  set(mode: 'open' | 'dead' | 'refusing'): void
  close(): Promise<void>
}

export async function openWire(target: number): Promise<Wire> {
  const pairs = new Set<readonly [Socket, Socket]>()
  let mode: 'open' | 'dead' | 'refusing' = 'open'
  const cut = () => {
    for (const [near, far] of pairs) {
      near.destroy()
      far.destroy()
    }
  }
  const server = createServer(near => {
    if (mode === 'refusing') {
      near.destroy()
      return
    }
    const far = connect(target, '127.0.0.1')
    const pair = [near, far] as const
    pairs.add(pair)
    const end = () => {
      pairs.delete(pair)
      near.destroy()
      far.destroy()
    }
    const pass = (from: Socket, to: Socket) => {
      from.on('data', chunk => {
        if (mode !== 'dead') to.write(chunk)
      })
      from.on('error', end).on('close', end)
    }
    pass(near, far)
    pass(far, near)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    set(next) {
      // A connection that lost bytes must not go on as if nothing had been.
      if (mode === 'dead') cut()
      mode = next
      if (mode === 'refusing') cut()
    },
    close() {
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      cut()
      return closed
    },
  }
}
