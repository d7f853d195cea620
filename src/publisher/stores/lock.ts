import { randomUUID } from 'node:crypto'
import { linkSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { EnsignError } from '../../base/errors.ts'

/** On another machine nothing tells whether a process lives; there a lock counts for this long. */
const FOREIGN_LEASE_MS = 60_000
const WAIT_MS = 30_000

/**
 * A lock on a folder that the death of its holder sets free. Generations are files, `<n>` while held and `<n>.free`
 * after; one takes generation n+1 with an exclusive link when n is free or its holder is dead. The newest generation
 * is never removed, so one who was slow finds a higher number after linking and steps back. Nothing is ever broken
 * by deleting it, which is where such locks race.
 */
export async function withLock<T>(folder: string, work: (held: () => boolean) => Promise<T>): Promise<T> {
  mkdirSync(folder, { recursive: true })
  const own = join(folder, `wanted-${randomUUID()}`)
  const holder = JSON.stringify(await identity())
  try {
    // On a full disk the name comes to be, and nothing else does.
    writeFileSync(own, holder)
    const mine = await acquire(folder, own)
    try {
      return await work(() => newest(folder).number === mine)
    } finally {
      free(folder, mine)
    }
  } finally {
    rmSync(own, { force: true })
  }
}

function free(folder: string, mine: number): void {
  try {
    renameSync(join(folder, String(mine)), join(folder, `${mine}.free`))
  } catch {
    // Gone where another machine took it after the lease; then it is not ours to free.
  }
}

async function acquire(folder: string, own: string): Promise<number> {
  const until = Date.now() + WAIT_MS
  for (let wait = 1; ; wait = Math.min(wait * 2, 25)) {
    const last = newest(folder)
    if (last.free || !(await isHeld(join(folder, String(last.number))))) {
      const next = last.number + 1
      const taken = take(own, join(folder, String(next)))
      if (taken && newest(folder).number === next) {
        await sweep(folder, next, own)
        return next
      }
      if (taken) rmSync(join(folder, String(next)), { force: true })
    }
    if (Date.now() > until) throw new EnsignError('store_busy', 'the lock of the folder is held by another process')
    await sleep(wait * (0.5 + Math.random()))
  }
}

/** False where somebody else was first. */
function take(own: string, generation: string): boolean {
  try {
    linkSync(own, generation)
    return true
  } catch (error) {
    return onlyIf(error, 'EEXIST', false)
  }
}

function newest(folder: string): { number: number; free: boolean } {
  let found = { number: 0, free: true }
  for (const name of readdirSync(folder)) {
    const match = /^(\d+)(\.free)?$/.exec(name)
    if (match === null) continue
    const number = Number(match[1])
    if (number > found.number) found = { number, free: match[2] !== undefined }
  }
  return found
}

async function sweep(folder: string, below: number, own: string): Promise<void> {
  for (const name of readdirSync(folder)) {
    const number = /^(\d+)(?:\.free)?$/.exec(name)?.[1]
    const file = join(folder, name)
    if (number !== undefined && Number(number) < below) rmSync(file, { force: true })
    else if (name.startsWith('wanted-') && file !== own && !(await isHeld(file))) rmSync(file, { force: true })
  }
}

interface Holder {
  readonly host: string
  readonly boot: string
  readonly pid: number
  readonly started: string
}

let self: Promise<Holder> | undefined

/** It never changes while the process lives. */
function identity(): Promise<Holder> {
  self ??= (async () => ({
    host: hostname(),
    boot: await bootId(),
    pid: process.pid,
    started: await startOf(process.pid),
  }))()
  return self
}

/**
 * False once the holder is known to be dead. A file that is gone was freed: the caller looks again. One that is cut
 * off is being written at this moment, or its writer was killed meanwhile: like that of another machine, it has a lease.
 */
async function isHeld(file: string): Promise<boolean> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    return onlyIf(error, 'ENOENT', true)
  }
  const holder = parseHolder(text)
  if (holder?.host !== hostname()) {
    const age = await stat(file).then(
      found => Date.now() - found.mtimeMs,
      () => 0,
    )
    return age < FOREIGN_LEASE_MS
  }
  if (holder.boot !== (await bootId())) return false
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  // A process number comes round again; its start does not.
  return holder.started === (await startOf(holder.pid))
}

function parseHolder(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder
  } catch {
    return undefined
  }
}

async function bootId(): Promise<string> {
  return readFile('/proc/sys/kernel/random/boot_id', 'utf8').then(
    text => text.trim(),
    () => '',
  )
}

/** Field 22 of `/proc/<pid>/stat`; empty where there is no such file, and then equal for all. */
async function startOf(pid: number): Promise<string> {
  return readFile(`/proc/${pid}/stat`, 'utf8').then(
    text => text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '',
    () => '',
  )
}

function onlyIf<T>(error: unknown, code: string, value: T): T {
  if ((error as NodeJS.ErrnoException).code === code) return value
  throw error
}
