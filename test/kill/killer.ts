/**
 * Loaded into a process of the command in front of it: counts each step that changes a disk, and ends the process with
 * SIGKILL right after the one that KILL_AT names. Bytes that are written make two steps: half of them, and the rest.
 * KILL_REPORT: a file for the count. KILL_WAIT: a file without which nothing is put in its place.
 */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'

const { KILL_AT, KILL_REPORT, KILL_WAIT } = process.env
const at = Number(KILL_AT ?? 0)
const files = fs.promises
let steps = 0

function step(): void {
  if (++steps === at) process.kill(process.pid, 'SIGKILL')
}

async function gate(): Promise<void> {
  if (KILL_WAIT === undefined) return
  fs.writeFileSync(`${KILL_WAIT}.${process.pid}`, '')
  while (!fs.existsSync(KILL_WAIT)) await sleep(5)
}

const { link, rename, rm, unlink, mkdir, open, writeFile } = files
const passGate = (() => {
  let passed: Promise<void> | undefined
  return () => (passed ??= gate())
})()

Object.assign(files, {
  async link(...args: Parameters<typeof link>) {
    await passGate()
    await link(...args)
    step()
  },
  async rename(...args: Parameters<typeof rename>) {
    await rename(...args)
    step()
  },
  async unlink(...args: Parameters<typeof unlink>) {
    await unlink(...args)
    step()
  },
  async rm(...args: Parameters<typeof rm>) {
    const wasThere = fs.existsSync(args[0])
    await rm(...args)
    if (wasThere) step()
  },
  async mkdir(path: string, options: { recursive: true }) {
    const made = await mkdir(path, options)
    if (made !== undefined) step()
    return made
  },
  async writeFile(file: string, data: string | Uint8Array) {
    await writeFile(file, data.slice(0, data.length / 2))
    step()
    await writeFile(file, data)
    step()
  },
  async open(path: string, flags: string, mode?: number) {
    const handle = await open(path, flags, mode)
    if (flags === 'r') return handle
    step()
    const whole = handle.writeFile.bind(handle)
    return Object.assign(handle, {
      async writeFile(data: string | Uint8Array) {
        await whole(data.slice(0, data.length / 2))
        step()
        await whole(data.slice(data.length / 2))
        step()
      },
    })
  },
})
syncBuiltinESMExports()
process.on('exit', () => KILL_REPORT !== undefined && fs.writeFileSync(KILL_REPORT, String(steps)))
