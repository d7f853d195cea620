// One contender at one workload: answers `check`, `time` and `allocate` over IPC until it is told to end.
import { pathToFileURL } from 'node:url'
import { WORKLOADS } from './workloads.mjs'

const [file, id, mode] = process.argv.slice(2)
const workload = WORKLOADS.find(one => one.id === id)
const { name, setup } = await import(pathToFileURL(file).href)
const contender = await setup(workload, mode)
// Made before anything is timed: the contexts in the form that the contender takes.
const contexts = contender?.context ? workload.contexts.map(contender.context) : workload.contexts
const SLICE_NS = 50e6
let at = 0
let sink = 0
let calls = workload.answers === 'all' ? 1 : 256

function loop(count) {
  const { run } = contender
  const mask = contexts.length - 1
  let on = 0
  for (let i = 0; i < count; i++) if (run(contexts[at++ & mask])) on++
  sink += on
}

/** For contenders whose only way to ask is a promise. */
async function loopAwaiting(count) {
  const { run } = contender
  const mask = contexts.length - 1
  let on = 0
  for (let i = 0; i < count; i++) if (await run(contexts[at++ & mask])) on++
  sink += on
}

/** CPU time of this process, collections included, so that what else the machine does counts little. */
async function time() {
  const start = process.cpuUsage()
  if (contender.asynchronous) await loopAwaiting(calls)
  else loop(calls)
  const { user, system } = process.cpuUsage(start)
  const taken = (user + system) * 1_000
  const each = taken / calls
  calls = Math.max(1, Math.round(SLICE_NS / each))
  return each
}

async function share() {
  const isOn =
    contender.on ?? (result => (result === true || (typeof result === 'string' && result !== 'control') ? 1 : 0))
  const sample = contexts.slice(0, workload.answers === 'all' ? 32 : 1_024)
  const flags = workload.answers === 'all' ? 1_000 : 1
  let sum = 0
  for (const context of sample) sum += isOn(await contender.run(context))
  return sum / sample.length / flags
}

/** Bytes for each call, in a young generation so large that nothing is collected meanwhile. */
function allocate() {
  const count = 400_000
  loop(count)
  globalThis.gc()
  const before = process.memoryUsage().heapUsed
  loop(count)
  return Math.max(0, process.memoryUsage().heapUsed - before) / count
}

const ACTIONS = { time, share, allocate }

process.on('message', async action => {
  if (action !== 'end') return process.send(await ACTIONS[action]())
  await contender.close?.()
  process.send(sink > 0, () => process.exit(0))
})
process.send(contender === undefined ? null : { name, version: contender.version })
