// npm run load:streams -- --clients 10000 --events 10 --verifying 1
// Opens that many event streams to a server in a second process, stops a flag again and again, and prints how long each
// signed head took from the store to all of them; and to real clients in a third process, until it was in force there.
// Each side needs one file descriptor for each stream: `ulimit -n 20000` for 10,000 of them.
import { mib, numberOption, quantile, startChild, startLoadServer } from './load-child.ts'
import type { Arrived, ToClients } from './load-clients.ts'
import { openListeners } from './load-listeners.ts'
import type { Report } from './load-server.ts'

const clients = numberOption('clients', 1_000)
const events = numberOption('events', 10)
const pauseMs = numberOption('pause', 300)
const verifying = numberOption('verifying', 1)

const server = await startLoadServer()
const before = await server.ask<Report>({ report: true })
const connectedAt = performance.now()
const listeners = await openListeners(server.port, clients)
const connectMs = performance.now() - connectedAt
const apps = await startChild<ToClients, Arrived, Arrived>('load-clients.ts')
// The world of the server was signed at a time of its own.
await apps.ask({ open: { url: server.url, root: server.root, count: verifying, now: server.now } })
const idle = await server.ask<Report>({ report: true })

const all: number[] = []
const p50s: number[] = []
const p99s: number[] = []
const forces: number[] = []
let lost = 0
for (let event = 0; event < events; event++) {
  await new Promise(resolve => setTimeout(resolve, pauseMs))
  const complete = listeners.next()
  const { at } = await server.ask<{ pushed: number; at: number }>({ push: event + 2 })
  const { times, missing } = await complete
  const arrived = await apps.ask({ arrived: verifying })
  lost += missing + verifying - arrived.times.length
  forces.push(...arrived.times.map(time => time - at))
  const delays = times.map(time => time - at).sort((a, b) => a - b)
  all.push(...delays)
  p50s.push(quantile(delays, 0.5))
  p99s.push(quantile(delays, 0.99))
}
const after = await server.ask<Report>({ report: true })
for (const list of [all, p50s, p99s, forces]) list.sort((a, b) => a - b)

const ms = (value: number) => `${value.toFixed(1)} ms`
console.log(`${clients} streams, ${events} heads, connected in ${ms(connectMs)}`)
console.log(
  `push to arrival, all events   p50 ${ms(quantile(all, 0.5))}  p99 ${ms(quantile(all, 0.99))}  max ${ms(all.at(-1) ?? 0)}`,
)
console.log(`median event                  p50 ${ms(quantile(p50s, 0.5))}  p99 ${ms(quantile(p99s, 0.5))}`)
console.log(
  `in force, ${verifying} beside them       p50 ${ms(quantile(forces, 0.5))}  p99 ${ms(quantile(forces, 0.99))}  max ${ms(forces.at(-1) ?? 0)}`,
)
console.log(`arrivals missing              ${lost}; dropped by the server ${after.dropped}`)
console.log(
  `resident memory               ${mib(before.rss)} empty, ${mib(idle.rss)} with streams, ${mib(after.rss)} after the heads`,
)
console.log(
  `for each stream               ${((idle.rss - before.rss) / clients / 1024).toFixed(1)} KiB resident, ${((idle.heap - before.heap) / clients / 1024).toFixed(1)} KiB of it heap`,
)
console.log(`server CPU for each head      ${ms((after.cpuMs - idle.cpuMs) / events)}`)

listeners.close()
await apps.stop()
await server.stop()
process.exitCode = lost === 0 ? 0 : 1
