import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { TIMEOUT } from './command.ts'
import type { Runtime } from './runtimes.ts'
import type { Report } from './suite.ts'

const WORKER = `import { runSuite } from './suite.mjs'
export default { fetch: async () => Response.json(await runSuite()) }
`

const CONFIG = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .suite)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const suite :Workerd.Worker = (
  modules = [
    (name = "worker.mjs", esModule = embed "worker.mjs"),
    (name = "suite.mjs", esModule = embed "suite.mjs"),
  ],
  compatibilityDate = "2026-11-01",
);
`

/** A worker whose one answer is the report; workerd tells the port that it got on descriptor 3. */
export async function runWorkerd(runtime: Runtime, folder: string): Promise<Report> {
  await writeFile(join(folder, 'worker.mjs'), WORKER)
  await writeFile(join(folder, 'config.capnp'), CONFIG)
  const args = ['serve', '--control-fd=3', 'config.capnp']
  const child = spawn(runtime.executable!, args, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit', 'pipe'] })
  try {
    const port = await listening(child.stdio[3] as Readable)
    const answer = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(TIMEOUT) })
    return (await answer.json()) as Report
  } finally {
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
}

async function listening(control: Readable): Promise<number> {
  for await (const line of createInterface({ input: control })) {
    const message = JSON.parse(line) as { event: string; port?: number }
    if (message.event === 'listen') return message.port!
  }
  throw new Error('workerd ended before it listened')
}
