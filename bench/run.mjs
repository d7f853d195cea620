// Runs contenders in turns and prints medians, then loads, updates, and what the workloads leave out.
// Options: --json, --quick (no peers, fewer rounds), --only W1,W2,load,extras.
import { execFileSync, fork } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { WORKLOADS } from './workloads.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const options = process.argv.slice(2)
const quick = options.includes('--quick')
const only = options.includes('--only') ? options[options.indexOf('--only') + 1].split(',') : undefined
const ROUNDS = quick ? 7 : 21
const WARM_ROUNDS = 3

if (!existsSync(join(here, '../dist/rules.js'))) execFileSync('npm', ['run', 'build:js'], { cwd: join(here, '..') })

const own = ['limit', 'ensign'].map(name => join(here, 'contenders', `${name}.mjs`))
const peers = quick
  ? []
  : readdirSync(join(here, 'peers'))
      .filter(name => name.endsWith('.mjs'))
      .map(name => join(here, 'peers', name))

const ask = (child, action) =>
  new Promise((resolve, reject) => {
    const ended = code => reject(new Error(`ended with ${code}`))
    child.once('exit', ended)
    child.once('message', answer => {
      child.off('exit', ended)
      resolve(answer)
    })
    if (action !== undefined) child.send(action)
  })

async function start(file, workload, mode, execArgv = []) {
  const child = fork(join(here, 'child.mjs'), [file, workload.id, mode ?? ''], {
    execArgv,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const who = await ask(child)
  if (who === null) {
    child.kill()
    return undefined
  }
  const share = await ask(child, 'share')
  if (Math.abs(share - workload.share) > workload.tolerance) {
    console.error(`${workload.id}: ${who.name} says on to ${share}, not ${workload.share}: left out`)
    child.kill()
    return undefined
  }
  return {
    child,
    label: mode ?? (who.name === 'limit' || who.name === 'ensign' ? who.name : `${who.name}@${who.version}`),
    times: [],
  }
}

async function stop({ child }) {
  await ask(child, 'end').catch(() => {})
}

const quantile = (values, q) => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * q)]

/** Everyone who takes part in a workload, in turns; gives the quartiles of each. */
async function race(files, workload, modes = [undefined]) {
  const started = []
  for (const file of files) {
    for (const mode of modes)
      started.push(
        await start(file, workload, mode).catch(error => console.error(`${workload.id} ${file}: ${error.message}`)),
      )
  }
  const contenders = started.filter(one => one !== undefined)
  for (let round = -WARM_ROUNDS; round < ROUNDS; round++) {
    for (const one of contenders) {
      const ns = await ask(one.child, 'time')
      if (round >= 0) one.times.push(ns)
    }
  }
  await Promise.all(contenders.map(stop))
  const scale = workload.unit === 'us' ? 1_000 : 1
  return new Map(
    contenders.map(({ label, times }) => [
      label,
      [0.5, 0.25, 0.75].map(q => Number((quantile(times, q) / scale).toFixed(1))),
    ]),
  )
}

async function allocationOf(workload) {
  const one = await start(own[1], workload, undefined, [
    '--expose-gc',
    '--min-semi-space-size=64',
    '--max-semi-space-size=64',
  ])
  await ask(one.child, 'allocate')
  const bytes = []
  for (let i = 0; i < 3; i++) bytes.push(await ask(one.child, 'allocate'))
  await stop(one)
  // Below a byte in a hundred calls it is the measuring itself.
  return Math.min(...bytes) < 0.01 ? 0 : Number(Math.min(...bytes).toFixed(2))
}

const report = { workloads: {}, allocation: {}, explain: {} }
const lines = []
for (const workload of WORKLOADS) {
  if (only !== undefined && !only.includes(workload.id)) continue
  const result = await race([...own, ...peers], workload)
  const median = label => result.get(label)?.[0] ?? null
  const peerRows = [...result].filter(([label]) => label !== 'limit' && label !== 'ensign')
  report.workloads[workload.id] = {
    unit: workload.unit,
    limit: median('limit'),
    ensign: median('ensign'),
    peers: Object.fromEntries(peerRows.map(([label, [middle]]) => [label, middle])),
  }
  const fastest = Math.min(...peerRows.map(([, [middle]]) => middle))
  lines.push([
    `${workload.id} ${workload.title}`,
    ...['limit', 'ensign'].map(label => `${median(label)} ${workload.unit} (${result.get(label)?.slice(1).join('-')})`),
    `${(median('ensign') / median('limit')).toFixed(2)} x`,
    peerRows.length === 0 ? '' : `${fastest} ${workload.unit}, ${(fastest / median('ensign')).toFixed(1)} x`,
  ])
  if (workload.answers === 'all' || workload.id === 'W2-many') continue
  report.allocation[workload.id] = await allocationOf(workload)
  const modes = await race([own[1]], workload, ['plain', 'explain', 'observed'])
  report.explain[workload.id] = Object.fromEntries([...modes].map(([label, [middle]]) => [label, middle]))
}

for (const [name, file, ...args] of [
  ['load', 'load.ts', ...(quick ? ['quick'] : [])],
  ['extras', 'extras.ts', String(quick ? 3 : 15)],
]) {
  if (only !== undefined && !only.includes(name)) continue
  const command = [join(here, '../scripts/run.mjs'), join(here, file), ...args]
  Object.assign(report, JSON.parse(execFileSync(process.execPath, command, { encoding: 'utf8' })))
}

if (options.includes('--json')) console.log(JSON.stringify(report))
else {
  console.log(
    `Node ${process.version}, ${cpus().length} x ${cpus()[0].model}, ${new Date().toISOString().slice(0, 10)}\n`,
  )
  const table = (head, rows) =>
    console.log([head, head.map(() => '---'), ...rows].map(row => `| ${row.join(' | ')} |`).join('\n'), '\n')
  table(['workload', 'limit (quartiles)', 'ensign (quartiles)', 'to limit', 'fastest peer'], lines)
  table(
    ['workload', 'bytes a call', 'plain', 'explain', 'observed'],
    Object.entries(report.explain).map(([id, { plain, explain, observed }]) => [
      id,
      report.allocation[id],
      plain,
      explain,
      observed,
    ]),
  )
  if (report.load !== undefined) {
    const { flags, ms, used, limit, first, firstLimit, heap, blocked, cpu } = report.load
    table(
      [
        'cold load, verified',
        'median',
        'and each flag used once',
        'least (parse only)',
        'first in a process',
        'least',
        'CPU',
        'heap',
        'longest stretch',
      ],
      [
        [
          `${flags} flags`,
          ...[ms, used, limit, first, firstLimit, cpu].map(one => `${one} ms`),
          `${heap} MB`,
          `${blocked} ms`,
        ],
      ],
    )
    table(
      ['one flag changes', 'parts', 'CPU', 'worst', 'unchanged poll'],
      report.update.map(row => [row.flags, row.parts, ...[row.cpu, row.worst, row.poll].map(one => `${one} ms`)]),
    )
  }
  if (report.extras !== undefined) {
    table(
      ['beside the workloads', 'ensign (quartiles)', 'of it to make the id'],
      Object.entries(report.extras).map(([name, { ensign, unit, spread, made }]) => [
        name,
        `${ensign} ${unit} (${spread.join('-')})`,
        made === undefined ? '' : `${made} ${unit}`,
      ]),
    )
  }
}
