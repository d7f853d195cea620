import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { folderOf, SHOP } from '../publisher/support/folder.ts'

const BIN = join(import.meta.dirname, '../../dist/cli/main.js')

async function run(args: readonly string[], cwd: string, input = '') {
  const child = spawn(process.execPath, [BIN, ...args], { cwd, env: { PATH: process.env.PATH } })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', chunk => {
    stdout += chunk
  })
  child.stderr.on('data', chunk => {
    stderr += chunk
  })
  child.stdin.end(input)
  const status = await new Promise(done => child.once('close', done))
  return { status, stdout, stderr }
}

describe('the built command', () => {
  beforeAll(() => {
    if (!existsSync(BIN)) throw new Error('run npm run build:js first')
  })

  it('tells findings with 1, wrong use with 2, and is done with 0', async () => {
    const dir = folderOf(SHOP)
    expect(await run(['lint'], dir)).toEqual({ status: 0, stdout: '2 flags, no problems\n', stderr: '' })
    expect(await run(['explain', 'nothing'], dir)).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining('error[unknown_flag]'),
    })
    expect(await run(['lint', '--no-such'], dir)).toMatchObject({ status: 2, stdout: '' })
  })

  it('reads a context from standard input and never prints it', async () => {
    const secret = '{"userId":"u-1","note":"private-note"}'
    const { status, stdout, stderr } = await run(
      ['explain', 'checkout-v2', '-e', 'production', '--context', '-'],
      folderOf(SHOP),
      secret,
    )
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toContain('checkout-v2 in production: one-page')
    expect(stdout).not.toContain('private-note')
  })

  it('gives a completion script that a shell takes', async () => {
    const { stdout } = await run(['completions', 'bash'], process.cwd())
    const shell = spawn('bash', ['-n'])
    shell.stdin.end(stdout)
    expect(await new Promise(done => shell.once('close', done))).toBe(0)
  })
})
