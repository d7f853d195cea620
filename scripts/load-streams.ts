// npm run load:streams -- --clients 10000 --events 10 --verifying 10
// Opens that many event streams to a server in a second process, stops a flag again and again, and prints how long each
// stop took to arrive; and in so many real clients beside them, which verify, how long until it was in force.
// Each side needs one file descriptor for each stream: `ulimit -n 20000` for 10,000 of them.
import { connect, type Socket } from 'node:net'
import { fromBase64 } from '../src/base/bytes.ts'
import { systemClock } from '../src/client/clock.ts'
import { createClient } from '../src/client/node/runtime.ts'
import { type LoadServer, mib, numberOption, quantile, startLoadServer } from './load-child.ts'
import type { Report } from './load-server.ts'

const clients = numberOption('clients', 1_000)
const events = numberOption('events', 10)
const pauseMs = numberOption('pause', 300)
const verifying = numberOption('verifying', 10)

const REQUEST = 'GET /v1/shop/production/stream HTTP/1.1\r\nHost: load\r\nAccept: text/event-stream\r\n\r\n'
const ID = Buffer.from('id: 1.')
const END = Buffer.from('\n\n')

let arrivals: number[] = []
let waiting = 0
let done = () => {}

/** As little work for each event as can be, so that the generator measures the server and not itself. */
function listener(server: LoadServer): Promise<Socket> {
  return new Promise((resolve, reject) => {
    let inside = false
    const socket = connect(server.port, '127.0.0.1', () => socket.write(REQUEST))
    socket.setNoDelay(true)
    socket.on('data', chunk => {
      if (chunk.includes(ID)) inside = true
      if (!inside || !chunk.subarray(-2).equals(END)) return
      inside = false
      arrivals.push(performance.timeOrigin + performance.now())
      if (--waiting === 0) done()
      resolve(socket)
    })
    socket.on('error', reject)
  })
}

const server = await startLoadServer()
const before = await server.ask<Report>({ report: true })
const sockets: Socket[] = []
const connectedAt = performance.now()
for (let n = 0; n < clients; n += 250) {
  const batch = Array.from({ length: Math.min(250, clients - n) }, () => listener(server))
  sockets.push(...(await Promise.all(batch)))
}
const connectMs = performance.now() - connectedAt
const root = fromBase64(server.root)!
const inForce: number[] = []
const real = Array.from({ length: verifying }, () =>
  createClient({
    url: server.url,
    project: 'shop',
    environment: 'production',
    root,
    // The world of the server was signed at a time of its own.
    clock: { ...systemClock, now: () => server.now },
  }),
)
for (const client of real) {
  await client.ready()
  client.on('change', () => inForce.push(performance.timeOrigin + performance.now()))
}
const idle = await server.ask<Report>({ report: true })

const all: number[] = []
const p50s: number[] = []
const p99s: number[] = []
const forces: number[] = []
let lost = 0
for (let event = 0; event < events; event++) {
  await new Promise(resolve => setTimeout(resolve, pauseMs))
  arrivals = []
  waiting = clients
  const complete = new Promise<void>(resolve => {
    done = resolve
  })
  const { at } = await server.ask<{ pushed: number; at: number }>({ push: event + 2 })
  await Promise.race([complete, new Promise(resolve => setTimeout(resolve, 10_000))])
  lost += waiting
  // Clients verify after the bytes are there.
  for (let n = 0; inForce.length < verifying && n < 500; n++) await new Promise(resolve => setTimeout(resolve, 10))
  forces.push(...inForce.splice(0).map(time => time - at))
  const delays = arrivals.map(time => time - at).sort((a, b) => a - b)
  all.push(...delays)
  p50s.push(quantile(delays, 0.5))
  p99s.push(quantile(delays, 0.99))
}
const after = await server.ask<Report>({ report: true })
all.sort((a, b) => a - b)
p50s.sort((a, b) => a - b)
p99s.sort((a, b) => a - b)

const ms = (value: number) => `${value.toFixed(1)} ms`
console.log(`${clients} streams, ${events} heads, connected in ${ms(connectMs)}`)
console.log(
  `push to arrival, all events   p50 ${ms(quantile(all, 0.5))}  p99 ${ms(quantile(all, 0.99))}  max ${ms(all.at(-1) ?? 0)}`,
)
console.log(`median event                  p50 ${ms(quantile(p50s, 0.5))}  p99 ${ms(quantile(p99s, 0.5))}`)
forces.sort((a, b) => a - b)
console.log(
  `in force, ${verifying} clients           p50 ${ms(quantile(forces, 0.5))}  p99 ${ms(quantile(forces, 0.99))}`,
)
console.log(`arrivals missing              ${lost}; dropped by the server ${after.dropped}`)
console.log(
  `resident memory               ${mib(before.rss)} empty, ${mib(idle.rss)} with streams, ${mib(after.rss)} after the heads`,
)
console.log(
  `for each stream               ${((idle.rss - before.rss) / clients / 1024).toFixed(1)} KiB resident, ${((idle.heap - before.heap) / clients / 1024).toFixed(1)} KiB of it heap`,
)
console.log(`server CPU for each head      ${ms((after.cpuMs - idle.cpuMs) / events)}`)

for (const client of real) await client.close()
for (const socket of sockets) socket.destroy()
await server.stop()
process.exitCode = lost === 0 ? 0 : 1
