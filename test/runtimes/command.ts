import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Runtime } from './runtimes.ts'
import type { Report } from './suite.ts'

export const TIMEOUT = 300_000

/** Runtimes with a command line: the last line that the program prints is the report. */
export async function runCommand(runtime: Runtime, folder: string): Promise<Report> {
  const args = [...runtime.args, join(folder, 'main.mjs')]
  const { stdout } = await promisify(execFile)(runtime.executable!, args, {
    cwd: folder,
    timeout: TIMEOUT,
    maxBuffer: 16 * 1024 * 1024,
    env: { ...process.env, DENO_DIR: join(folder, 'deno'), NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' },
  })
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Report
}
