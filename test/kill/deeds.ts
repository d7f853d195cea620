import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatTime } from '../../src/base/time.ts'
import { bundleScript } from '../support/child.ts'
import { child, countIn, type Ended, ensign, historyOf, must, openWorkspace, verified } from './shop.ts'

/** A command that is killed, in a workspace that is ready for it. */
export interface Deed {
  readonly name: string
  readonly prepare: (dir: string) => Promise<unknown>
  readonly argv: readonly string[]
  /** What a second run may say where the first had done all of it; without, it ends with 0. */
  readonly done?: string
  /** Entries of the log that it adds. */
  readonly entries: number
  /** What must hold in the end, beside the log. */
  readonly after?: (dir: string) => Promise<void>
}

function edit(dir: string, file: string, from: string, to: string): void {
  const path = join(dir, file)
  const text = readFileSync(path, 'utf8')
  if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`)
  writeFileSync(path, text.replace(from, to))
}

const PROPOSE = ['propose', '-e', 'production', '--reason', 'why', '--as']
export const editWords = (dir: string) =>
  edit(dir, 'flags/banner-text.yaml', 'value: Free delivery }', 'value: Delivery is free }')
export const editStaff = (dir: string) => edit(dir, 'segments/staff.yaml', ', u-bob', '')

async function proposed(dir: string): Promise<void> {
  editWords(dir)
  await must(dir, ...PROPOSE, 'alice', '--id', 'words')
}

async function approved(dir: string): Promise<void> {
  await proposed(dir)
  await must(dir, 'approve', 'words', '--as', 'bob', '--yes')
}

const TOMORROW = formatTime(Math.floor(Date.now() / 1000) * 1000 + 24 * 3600_000)

export const DEEDS: readonly Deed[] = [
  {
    name: 'propose',
    prepare: async dir => editWords(dir),
    argv: [...PROPOSE, 'alice', '--id', 'words'],
    done: 'change_exists',
    entries: 0,
    after: async dir => {
      await must(dir, 'approve', 'words', '--as', 'bob', '--yes')
      await must(dir, 'publish', 'words')
    },
  },
  {
    name: 'propose --again',
    prepare: async dir => {
      await approved(dir)
      editStaff(dir)
      await must(dir, ...PROPOSE, 'carol', '--id', 'staff', 'segments/staff')
      await must(dir, 'approve', 'staff', '--as', 'bob', '--yes')
      await must(dir, 'publish', 'staff')
    },
    argv: ['propose', '-e', 'production', '--again', 'words', '--as', 'alice'],
    entries: 0,
    after: async dir => {
      await must(dir, 'approve', 'words', '--as', 'bob', '--yes')
      await must(dir, 'publish', 'words')
    },
  },
  {
    name: 'approve',
    prepare: proposed,
    argv: ['approve', 'words', '--as', 'bob', '--yes'],
    entries: 0,
    after: async dir => {
      const names = readdirSync(join(dir, 'changes/words/signatures')).filter(name => !name.startsWith('.'))
      if (names.length !== 2) throw new Error(`${names.length} signatures`)
      await must(dir, 'publish', 'words')
    },
  },
  { name: 'publish', prepare: approved, argv: ['publish', 'words'], entries: 1 },
  {
    name: 'publish --at',
    prepare: approved,
    argv: ['publish', 'words', '--at', TOMORROW],
    entries: 0,
  },
  {
    name: 'stop',
    prepare: async () => {},
    argv: ['stop', 'new-checkout', '-e', 'production', '--reason', 'errors', '--as', 'carol'],
    done: 'stop_nothing',
    entries: 1,
  },
  {
    name: 'reject',
    prepare: proposed,
    argv: ['reject', 'words', '--reason', 'no', '--as', 'bob'],
    entries: 2,
  },
  { name: 'refresh', prepare: async () => {}, argv: ['refresh', '-e', 'production'], entries: 0 },
  {
    name: 'root publish',
    prepare: async dir => {
      await must(dir, 'root', 'revoke', 'carol')
      await must(dir, 'root', 'sign', '--as', 'alice')
      await must(dir, 'root', 'sign', '--as', 'bob')
    },
    argv: ['root', 'publish'],
    done: 'root_draft',
    entries: 1,
  },
]

export interface Bench {
  /** Steps of the command that changed the disk. */
  readonly steps: number
  /** Kills it after one of them, and sees what there is to see; throws what is not as it must be. */
  kill(at: number): Promise<void>
  close(): Promise<void>
}

export async function openBench(deed: Deed): Promise<Bench> {
  const place = await mkdtemp(join(tmpdir(), 'ensign-kill-'))
  const killer = await bundleScript(join(import.meta.dirname, 'killer.ts'))
  const base = join(place, 'base')
  await mkdir(base)
  await openWorkspace(base)
  await deed.prepare(base)
  const before = await historyOf(base)

  const run = async (dir: string, at: number): Promise<Ended> => {
    const report = join(place, 'count')
    return child(dir, deed.argv, killer.path, { KILL_AT: String(at), ...(at === 0 && { KILL_REPORT: report }) })
  }
  const isDone = ({ status, out }: Ended) => status === 0 || (deed.done !== undefined && out.includes(deed.done))
  const judge = async (dir: string, entries: number, when: string, isUnfinished = false) => {
    const seen = await verified(dir)
    if (seen.status !== 0) throw new Error(`${when}: what is in force does not verify\n${seen.out}`)
    const history = await historyOf(dir)
    const others = history.findings.filter(({ code }) => !(isUnfinished && code === 'append_unfinished'))
    if (others.length > 0) throw new Error(`${when}: ${JSON.stringify(history.findings)}`)
    if (history.entries > entries) throw new Error(`${when}: ${history.entries} entries, not ${entries}`)
    return history
  }

  const dry = join(place, 'dry')
  await cp(base, dry, { recursive: true })
  const first = await run(dry, 0)
  if (!isDone(first)) throw new Error(`ended with ${first.status}\n${first.out}`)
  const steps = countIn(join(place, 'count'))
  const all = before.entries + deed.entries
  if ((await judge(dry, all, 'without a kill')).entries !== all) throw new Error('an entry is missing')
  await deed.after?.(dry)

  return {
    steps,
    async kill(at) {
      const dir = join(place, `at-${at}`)
      await cp(base, dir, { recursive: true })
      const when = `killed after step ${at} of ${steps}`
      const killed = await run(dir, at)
      if (killed.signal !== 'SIGKILL') throw new Error(`${when}: it ended with ${killed.status}\n${killed.out}`)
      await judge(dir, all, when, true)
      const status = await ensign(dir, 'status')
      if (status.out.includes('error[')) throw new Error(`${when}: ${status.out}`)
      const again = await ensign(dir, ...deed.argv)
      if (!isDone(again)) throw new Error(`${when}: the same again ended with ${again.status}\n${again.out}`)
      const history = await judge(dir, all, `${when}, and given again`)
      if (history.entries !== all) throw new Error(`${when}: ${history.entries} entries, not ${all}`)
      await deed.after?.(dir)
      await rm(dir, { recursive: true, force: true })
    },
    async close() {
      await killer.remove()
      await rm(place, { recursive: true, force: true })
    },
  }
}
