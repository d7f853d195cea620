// npm run load:stop -- --clients 1000 --verifying 1 --events 300 [--stages]
// The whole way of a stop: a signed statement is posted to a publishing server with its store on a disk; beside so many
// listeners, how long until real clients, in a process of their own, have verified it and it is in force in them.
import { fromBase64 } from '../src/base/bytes.ts'
import { mib, numberOption, quantile, startChild, wallClock } from './load-child.ts'
import type { Arrived, ClientsAsked, ToClients } from './load-clients.ts'
import { openListeners } from './load-listeners.ts'
import type { PublisherStarted, Stages, ToPublisher } from './load-publisher.ts'
import type { Report } from './load-server.ts'

const clients = numberOption('clients', 1_000)
const verifying = numberOption('verifying', 1)
const events = numberOption('events', 300)
const pauseMs = numberOption('pause', 300)

type FromPublisher = { readonly statement: string } | Stages | Report

const server = await startChild<ToPublisher, FromPublisher, PublisherStarted>('load-publisher.ts')
const { url, port, root } = server.started
const listeners = await openListeners(port, clients)
const apps = await startChild<ToClients, Arrived, Arrived>('load-clients.ts')
await apps.ask({ open: { url, root, count: verifying } satisfies ClientsAsked })

// What sends the stops is no part of what is measured: it loads its HTTP client before.
await (await fetch(`${url}/healthz`)).text()

const answered: number[] = []
const heard: number[] = []
const inForce: number[] = []
/** From the moment at which everything before the head was durable. */
const written: number[] = []
/** What the server's process worked: until it is in force everywhere, and from then on for what is derived. */
const cpuUntil: number[] = []
const cpuAfter: number[] = []
let lost = 0
const spans = new Map<string, number[]>()
for (let event = 0; event < events; event++) {
  const { statement } = await server.ask<{ statement: string }>({ sign: event })
  await new Promise(resolve => setTimeout(resolve, event % 10 === 0 ? pauseMs : 20))
  const ready = await server.ask<Stages>({ stages: true })
  await apps.ask({ arrived: 0 })
  const all = listeners.next()
  const at = wallClock()
  const reply = await fetch(`${url}/v1/shop/production/stops`, { method: 'POST', body: fromBase64(statement)! })
  await reply.text()
  if (reply.status !== 200) throw new Error(`the stop was refused: ${reply.status}`)
  answered.push(wallClock() - at)
  const { times, missing } = await all
  lost += missing
  heard.push(...times.map(time => time - at))
  const arrived = await apps.ask<Arrived>({ arrived: verifying })
  lost += verifying - arrived.times.length
  inForce.push(...arrived.times.map(time => time - at))
  const { stages, cpuMs } = await server.ask<Stages>({ stages: true })
  cpuUntil.push(cpuMs - ready.cpuMs)
  const note = (name: string, ms: number) => spans.set(name, [...(spans.get(name) ?? []), ms])
  for (const { name, from, to } of stages) {
    const kind = name.replace(/[0-9a-f]{64}/, '…').replace(/\d+/g, 'n')
    note(`${kind} begins`, from - at)
    note(`${kind} takes`, to - from)
    if (kind === 'head.json') written.push(...arrived.times.map(time => time - from))
  }
  await new Promise(resolve => setTimeout(resolve, pauseMs))
  cpuAfter.push((await server.ask<Stages>({ stages: true })).cpuMs - cpuMs)
}
const after = await server.ask<Report>({ report: true })

const ms = (value: number) => `${value.toFixed(1)} ms`
const row = (name: string, values: readonly number[]) => {
  const sorted = values.toSorted((a, b) => a - b)
  console.log(
    `${name.padEnd(34)} p50 ${ms(quantile(sorted, 0.5))}  p99 ${ms(quantile(sorted, 0.99))}  max ${ms(sorted.at(-1) ?? Number.NaN)}`,
  )
}
console.log(`${clients} streams, ${verifying} verifying clients beside them, ${events} stops over POST`)
row('posted to heard by all listeners', heard)
row('posted to in force', inForce)
console.log(`${'  the first stop'.padEnd(34)} ${ms(inForce[0] ?? Number.NaN)}`)
row('posted to answered', answered)
row('log written to in force', written)
if (process.argv.includes('--stages')) for (const [name, values] of spans) row(`  ${name}`, values)
console.log(`arrivals missing                   ${lost}`)
row('CPU of the server until then', cpuUntil)
row('CPU of the server after', cpuAfter)
console.log(`server                             ${mib(after.rss)}`)

listeners.close()
await apps.stop()
await server.stop()
process.exitCode = lost === 0 ? 0 : 1
