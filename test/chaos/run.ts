// npm run test:chaos -- --seconds 300 [--seed 7] [--clients 50] [--releases 200] [--stops 50] [--plant 'no progress']
// One publisher, two relays in a chain, and clients behind lines that break; releases and stops are made all the while.
// Whatever is killed: no client ever answers with what was not published, none goes back, and all arrive in the end.
// With --plant the first client is broken in that way, and the run is good only when just that was noticed.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleScript } from '../support/child.ts'
import { judge } from './judge.ts'
import { openPeople } from './people.ts'
import { PLANTS } from './planted.ts'
import { createServerProcess, freePort } from './processes.ts'
import { chance } from './random.ts'
import { readTruth } from './truth.ts'
import { watch } from './watcher.ts'
import { openWire } from './wire.ts'

const option = (name: string, otherwise: number): number => {
  const at = process.argv.indexOf(`--${name}`)
  return at === -1 ? otherwise : Number(process.argv[at + 1])
}
const planted = process.argv.includes('--plant') ? process.argv[process.argv.indexOf('--plant') + 1]! : undefined
if (planted !== undefined && PLANTS[planted] === undefined) {
  console.log(`--plant takes one of: ${Object.keys(PLANTS).join('; ')}`)
  process.exit(2)
}
const seconds = option('seconds', 300)
const seed = option('seed', Date.now() % 1_000_000)
const clients = option('clients', 50)
const releases = option('releases', Math.max(5, Math.round((seconds * 200) / 300)))
const stops = option('stops', Math.max(2, Math.round((seconds * 50) / 300)))

const { next, below, pick } = chance(seed)
const wait = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms))
const folder = mkdtempSync(join(tmpdir(), 'ensign-chaos-'))
const script = await bundleScript(join(import.meta.dirname, '../../src/cli/bin.ts'))
console.log(`seed ${seed}: ${clients} clients, ${releases} releases and ${stops} stops in ${seconds} s`)

const ports = { publisher: await freePort(), near: await freePort(), far: await freePort() }
const people = await openPeople(folder, ports.publisher)
const common = ['--root', people.rootFile, '--project', 'shop', '-e', 'production']
const keys = ['--publish-key', people.keyFile('publisher'), '--log-key', people.keyFile('log'), '--rate', '100000']
const publisher = createServerProcess('publisher', ports.publisher, script.path, [
  join(folder, 'store'),
  ...keys,
  ...common,
])
await publisher.start()
await people.release(0, false)

const toPublisher = await openWire(ports.publisher)
const toNear = await openWire(ports.near)
const relay = (name: string, port: number, upstream: number) => {
  const args = [join(folder, name), '--upstream', `http://127.0.0.1:${upstream}`, ...common]
  return createServerProcess(name, port, script.path, args)
}
const near = relay('near', ports.near, toPublisher.port)
const far = relay('far', ports.far, toNear.port)
await near.start()
await far.start()
const servers = [publisher, near, far]
const lines = await Promise.all(Object.values(ports).map(openWire))
const wires = [toPublisher, toNear, ...lines]
const watchers = Array.from({ length: clients }, (_, n) =>
  watch({
    name: `client-${n}`,
    port: lines[n % lines.length]!.port,
    root: people.root,
    cache: n % 2 === 0 ? join(folder, 'caches') : undefined,
    plant: n === 0 && planted !== undefined ? PLANTS[planted]!() : undefined,
  }),
)
const looking = setInterval(() => {
  for (const one of watchers) one.look()
}, 50)

let over = false
let breaks = 0
let restarts = 0
const endsAt = Date.now() + seconds * 1_000

const work = async (): Promise<void> => {
  const jobs = [...Array(releases).fill('release'), ...Array(stops).fill('stop')] as ('release' | 'stop')[]
  for (let i = jobs.length - 1; i > 0; i--) {
    const j = below(i + 1)
    ;[jobs[i], jobs[j]] = [jobs[j]!, jobs[i]!]
  }
  let counter = 0
  const startedAt = Date.now()
  for (const [done, job] of jobs.entries()) {
    // A stop when all are stopped already makes room for more.
    if (job === 'release' || !(await people.stop(pick))) await people.release(++counter, next() < 0.3)
    const due = startedAt + ((done + 1) / jobs.length) * (endsAt - startedAt) * 0.95
    await wait(Math.max(0, due - Date.now()) * 2 * next())
  }
}

const harm = async (): Promise<void> => {
  // However short the run is, each server dies once.
  const first = [...servers]
  while (!over || first.length > 0) {
    await wait(300 + below(1_500))
    const which = first.length > 0 ? 0 : next()
    if (which < 0.3) {
      const victim = first.pop() ?? pick(servers)
      await victim.kill()
      await wait(below(1_500))
      await victim.start()
    } else if (which < 0.55) {
      pick(wires).cut()
      breaks++
    } else if (which < 0.8) {
      const wire = pick(wires)
      wire.set(next() < 0.5 ? 'dead' : 'refusing')
      breaks++
      await wait(below(3_000))
      wire.set('open')
    } else {
      await pick(watchers).restart()
      restarts++
    }
  }
}

const harming = harm()
await work()
over = true
await harming
for (const wire of wires) wire.set('open')

// Everything runs again: all of them must now arrive at the last state, within the waits of a client's reconnects.
const settleFrom = Date.now()
const truth = await readTruth(people.store, people.view())
const honest = planted === undefined ? watchers : watchers.slice(1)
const arrived = () => honest.filter(one => one.position().size === truth.last.size).length
while (arrived() < honest.length && Date.now() - settleFrom < 60_000) await wait(100)
const settledMs = Date.now() - settleFrom
clearInterval(looking)

const faults = judge(watchers, truth)
const answers = watchers.reduce((sum, one) => sum + one.seen.size, 0)
for (const one of watchers) await one.close()
for (const server of servers) await server.stop()
for (const wire of wires) await wire.close()
await script.remove()
rmSync(folder, { recursive: true })

const kills = servers.map(server => `${server.name} ${server.kills()}`).join(', ')
console.log(`killed ${kills}; ${breaks} broken lines; ${restarts} clients restarted`)
console.log(`${truth.states.size} states published; ${answers} different answers of clients, each held against the log`)
console.log(`all arrived ${(settledMs / 1_000).toFixed(1)} s after the last harm`)
for (const fault of faults.slice(0, 40)) console.log(`FAULT ${fault}`)
if (planted === undefined) {
  console.log(faults.length === 0 ? 'no fault' : `${faults.length} faults`)
  process.exit(faults.length === 0 ? 0 : 1)
}
const noticed = faults.filter(fault => fault.startsWith('client-0: ')).length
const others = faults.length - noticed
console.log(`planted ${planted}: ${noticed > 0 ? 'noticed' : 'MISSED'}, and ${others} faults of others`)
process.exit(noticed > 0 && others === 0 ? 0 : 1)
