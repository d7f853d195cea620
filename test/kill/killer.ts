/**
 * Loaded into a process of the command in front of it: counts each step that changes a disk, and ends the process with
 * SIGKILL right after the one that KILL_AT names. Bytes that are written make two steps: half of them, and the rest.
 * KILL_REPORT: a file for the count. KILL_WAIT: a file without which nothing is put in its place.
 */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const { KILL_AT, KILL_REPORT, KILL_WAIT } = process.env
const at = Number(KILL_AT ?? 0)
const files = fs.promises
let steps = 0

function step(): void {
  if (++steps === at) process.kill(process.pid, 'SIGKILL')
}

const { existsSync, linkSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } = fs
const { link, rename, rm, unlink, mkdir, open, writeFile } = files

let passed = KILL_WAIT === undefined
/** Steps are taken at once, and so is this one: the thread sleeps. */
function passGate(): void {
  if (passed) return
  passed = true
  writeFileSync(`${KILL_WAIT}.${process.pid}`, '')
  const never = new Int32Array(new SharedArrayBuffer(4))
  while (!existsSync(KILL_WAIT!)) Atomics.wait(never, 0, 0, 5)
}

Object.assign(fs, {
  linkSync(...args: Parameters<typeof linkSync>) {
    passGate()
    linkSync(...args)
    step()
  },
  renameSync(...args: Parameters<typeof renameSync>) {
    renameSync(...args)
    step()
  },
  rmSync(...args: Parameters<typeof rmSync>) {
    const wasThere = existsSync(args[0])
    rmSync(...args)
    if (wasThere) step()
  },
  mkdirSync(path: string, options: { recursive: true }) {
    const made = mkdirSync(path, options)
    if (made !== undefined) step()
    return made
  },
  openSync(path: string, flags: string, mode?: number) {
    const handle = openSync(path, flags, mode)
    if (flags !== 'r') step()
    return handle
  },
  writeFileSync(file: string | number, data: string | Uint8Array) {
    const half = data.length / 2
    writeFileSync(file, data.slice(0, half))
    step()
    // A handle goes on where it is, and a name begins anew.
    writeFileSync(file, typeof file === 'number' ? data.slice(half) : data)
    step()
  },
})
Object.assign(files, {
  async link(...args: Parameters<typeof link>) {
    passGate()
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
    const wasThere = existsSync(args[0])
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
process.on('exit', () => KILL_REPORT !== undefined && writeFileSync(KILL_REPORT, String(steps)))
