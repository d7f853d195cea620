import { spawn } from 'node:child_process'
import { randomFillSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { main } from '../../src/cli/main.ts'

const BIN = join(import.meta.dirname, '../../dist/cli/main.js')

export interface Ended {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
}

/** The command in this process. */
export async function ensign(cwd: string, ...argv: string[]): Promise<Ended> {
  let out = ''
  const output = {
    isTTY: false,
    write(text: string) {
      out += text
    },
  }
  const status = await main(argv, {
    cwd,
    env: {},
    stdout: output,
    stderr: output,
    stdin: async () => '',
    now: Date.now,
    random: bytes => randomFillSync(new Uint8Array(bytes)),
    signal: new AbortController().signal,
  })
  return { status, signal: null, out }
}

/** The built command in a process of its own, with the killer loaded. */
export async function child(
  cwd: string,
  argv: readonly string[],
  killer: string,
  env: Readonly<Record<string, string>>,
): Promise<Ended> {
  const one = spawn(process.execPath, ['--import', killer, BIN, ...argv], {
    cwd,
    env: { PATH: process.env.PATH, ...env },
  })
  let out = ''
  const collect = (chunk: Buffer) => {
    out += chunk.toString()
  }
  one.stdout.on('data', collect)
  one.stderr.on('data', collect)
  return new Promise(done => one.once('close', (status, signal) => done({ status, signal, out })))
}

export async function must(cwd: string, ...argv: string[]): Promise<string> {
  const { status, out } = await ensign(cwd, ...argv)
  if (status !== 0) throw new Error(`ensign ${argv.join(' ')}: ended with ${status}\n${out}`)
  return out
}

/** Release 1 in force, and the files edited behind it. */
export async function openWorkspace(dir: string): Promise<void> {
  await must(dir, 'init', '--project', 'shop')
  await must(dir, 'propose', '-e', 'production', '--reason', 'start', '--as', 'alice', '--id', 'start')
  await must(dir, 'approve', 'start', '--as', 'bob', '--yes')
  await must(dir, 'publish', 'start')
}

export interface History {
  readonly entries: number
  readonly releases: number
  readonly stops: number
  readonly events: number
  readonly findings: readonly { readonly code: string }[]
}

export async function historyOf(dir: string): Promise<History> {
  return JSON.parse((await ensign(dir, 'audit', 'verify', '-e', 'production', '--json')).out) as History
}

export const verified = (dir: string) =>
  ensign(dir, 'verify', 'store', '--root', 'roots/1.json', '--project', 'shop', '-e', 'production')

export const countIn = (file: string) => Number(readFileSync(file, 'utf8'))
