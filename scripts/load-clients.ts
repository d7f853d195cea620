// Real clients of the load scripts, which stream and verify, in a process of their own: an application does not share
// its event loop with a thousand others.
import { fromBase64 } from '../src/base/bytes.ts'
import { systemClock } from '../src/client/clock.ts'
import { createClient } from '../src/client/node/runtime.ts'
import type { Client } from '../src/client/types.ts'
import { wallClock } from './load-child.ts'

export interface ClientsAsked {
  readonly url: string
  readonly root: string
  readonly count: number
  /** The time at which the server's world was signed; absent: now. */
  readonly now?: number | undefined
}

export type ToClients = { readonly open: ClientsAsked } | { readonly arrived: number } | { readonly stop: true }

export interface Arrived {
  /** When a change was in force, of each client. */
  readonly times: readonly number[]
}

const clients: Client[] = []
const times: number[] = []
let waiter = () => {}

const open = async ({ url, root, count, now }: ClientsAsked) => {
  const clock = now === undefined ? systemClock : { ...systemClock, now: () => now }
  for (let n = 0; n < count; n++) {
    const client = createClient({ url, project: 'shop', environment: 'production', root: fromBase64(root)!, clock })
    clients.push(client)
    const { ok, status } = await client.ready()
    if (!ok) throw new Error(`client ${n}: ${status}`)
    client.on('change', () => {
      times.push(wallClock())
      waiter()
    })
  }
}

process.on('message', async (message: ToClients) => {
  if ('open' in message) {
    await open(message.open)
    process.send!({ times: [] } satisfies Arrived)
  } else if ('arrived' in message) {
    await new Promise<void>(resolve => {
      const late = setTimeout(resolve, 10_000)
      waiter = () => {
        if (times.length < message.arrived) return
        clearTimeout(late)
        resolve()
      }
      waiter()
    })
    process.send!({ times: times.splice(0) } satisfies Arrived)
  } else {
    for (const client of clients) await client.close()
    process.disconnect()
  }
})
process.once('disconnect', () => process.exit())
process.send!({ times: [] } satisfies Arrived)
