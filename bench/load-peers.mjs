// Cold load (W7) of the peers: 10,000 flags of W3 out of text that is in memory, until the first answer. Each load has
// its own process. None of them verifies anything; what Ensign takes, verified, is in load.ts.
import { fork } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { versionOf } from './peers/lib/contender.mjs'
import { WORKLOADS } from './workloads.mjs'

const COUNT = 10_000
const ROUNDS = 3
const self = fileURLToPath(import.meta.url)
const flags = Array.from({ length: COUNT }, (_, i) => [`w7-${i}`, 'W3'])

async function measure(file) {
  const { name, document, load } = await import(pathToFileURL(file).href)
  const text = document(flags)
  const [context] = WORKLOADS[0].contexts
  globalThis.gc()
  const heap = process.memoryUsage().heapUsed
  const start = performance.now()
  const client = await load(text)
  await client.isOn(flags[COUNT - 1][0], client.context?.(context) ?? context)
  const ms = performance.now() - start
  globalThis.gc()
  const held = (process.memoryUsage().heapUsed - heap) / 1e6
  process.send({ name: `${name}@${versionOf(name)}`, ms, held, size: Buffer.byteLength(text) / 1e6 }, () =>
    process.exit(0),
  )
}

const once = file =>
  new Promise((resolve, reject) => {
    const child = fork(self, [file], { execArgv: ['--expose-gc'], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
    child.once('message', resolve)
    child.once('exit', code => reject(new Error(`${file} ended with ${code}`)))
  })

const middle = values => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]

if (process.argv[2] !== undefined) await measure(process.argv[2])
else {
  const folder = new URL('./peers/', import.meta.url)
  console.log('| peer | text, MB | until the first answer, ms | heap held, MB |\n| --- | --- | --- | --- |')
  for (const file of readdirSync(folder).filter(name => name.endsWith('.mjs'))) {
    const rounds = []
    for (let i = 0; i < ROUNDS; i++) rounds.push(await once(fileURLToPath(new URL(file, folder))))
    const of = member => middle(rounds.map(round => round[member])).toFixed(1)
    console.log(`| ${rounds[0].name} | ${of('size')} | ${of('ms')} | ${of('held')} |`)
  }
}
