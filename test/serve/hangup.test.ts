import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeToken } from '../../src/adapters/serve/access.ts'
import { bundleScript } from '../support/child.ts'
import { headFile, until } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'ensign-hangup-'))
const tokens = join(folder, 'tokens.json')
const token = (id: string, byte: number) =>
  makeToken(new Uint8Array(32).fill(byte), { id, project: 'shop', environments: ['production'] })
const old = token('old', 1)
const fresh = token('fresh', 2)

let script: Awaited<ReturnType<typeof bundleScript>>
let child: ChildProcess | undefined
beforeAll(async () => {
  script = await bundleScript(join(import.meta.dirname, '../../src/cli/bin.ts'))
}, 30_000)
afterAll(async () => {
  child?.kill('SIGKILL')
  await script.remove()
  rmSync(folder, { recursive: true })
})

const write = (...rows: (typeof old)[]) =>
  writeFileSync(tokens, JSON.stringify({ tokens: rows.map(row => row.stored) }))

describe.skipIf(process.platform === 'win32')('a server process', () => {
  const run = (...more: string[]) => {
    const args = ['serve', join(folder, 'store'), '--port', '0', '--no-ui', '--grace', '1', ...more]
    return spawn(process.execPath, [script.path, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  }
  const listening = async (server: ChildProcess) => {
    let out = ''
    server.stdout!.on('data', chunk => {
      out += chunk
    })
    await until(() => /listening on http\S+\n/.test(out))
    return /listening on (http\S+)\n/.exec(out)![1]!
  }
  const end = (server: ChildProcess) => new Promise(resolve => server.once('exit', resolve))

  it('serves on when nobody reads its log any more, and ends with streams open', async () => {
    mkdirSync(join(folder, 'store/v1/shop/production'), { recursive: true })
    writeFileSync(join(folder, 'store/v1/shop/production/head.json'), headFile(1))
    const server = run()
    child = server
    const url = await listening(server)
    server.stdout!.destroy()
    // More lines than a batch, so that they are written while the server is asked.
    for (let n = 0; n < 1_100; n++) expect((await fetch(`${url}/healthz`)).status).toBe(200)
    const stream = await fetch(`${url}/v1/shop/production/stream`)
    const over = (async () => {
      for await (const _ of stream.body!);
    })()
    const gone = end(server)
    server.kill('SIGTERM')
    await over
    expect(await gone).toBe(0)
  }, 30_000)

  it('says which address is taken, and that it is one', async () => {
    const first = run()
    child = first
    const { port } = new URL(await listening(first))
    const second = run('--port', port)
    let told = ''
    second.stderr!.on('data', chunk => {
      told += chunk
    })
    expect(await end(second)).toBe(1)
    expect(told).toMatch(new RegExp(`error\\[listen\\]: cannot listen on 127.0.0.1 port ${port}: EADDRINUSE\n *cure: `))
    const gone = end(first)
    first.kill('SIGTERM')
    expect(await gone).toBe(0)
  }, 30_000)
})

describe.skipIf(process.platform === 'win32')('a server process, on a hangup', () => {
  it('goes by the new token file, ends the streams of who is not in it, and keeps the old one where it cannot', async () => {
    mkdirSync(join(folder, 'store/v1/shop/production'), { recursive: true })
    writeFileSync(join(folder, 'store/v1/shop/production/head.json'), headFile(1))
    write(old)
    const args = ['serve', join(folder, 'store'), '--port', '0', '--tokens', tokens, '--no-ui', '--grace', '1']
    const server = spawn(process.execPath, [script.path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    child = server
    let out = ''
    server.stdout.on('data', chunk => {
      out += chunk
    })
    await until(() => /listening on http\S+\n/.test(out))
    const url = /listening on (http\S+)\n/.exec(out)![1]!
    const ask = (path: string, secret: string) =>
      fetch(`${url}/v1/shop/production/${path}`, { headers: { authorization: `Bearer ${secret}` } })
    const status = async (secret: string) => (await ask('head.json', secret)).status
    expect([await status(old.secret), await status(fresh.secret)]).toEqual([200, 401])

    const stream = await ask('stream', old.secret)
    const ended = (async () => {
      for await (const _ of stream.body!);
    })()
    write(fresh)
    server.kill('SIGHUP')
    await ended
    expect([await status(old.secret), await status(fresh.secret)]).toEqual([401, 200])

    writeFileSync(tokens, '{"tokens":[')
    server.kill('SIGHUP')
    await until(() => out.includes('reading the token file again'))
    expect(await status(fresh.secret)).toBe(200)
    // What reads as a token file and holds a hash that is none.
    out = ''
    writeFileSync(tokens, JSON.stringify({ tokens: [{ ...old.stored, sha256: 'ab' }] }))
    server.kill('SIGHUP')
    await until(() => out.includes('reading the token file again'))
    expect(await status(fresh.secret)).toBe(200)
    const gone = new Promise(resolve => server.once('exit', resolve))
    server.kill('SIGTERM')
    expect(await gone).toBe(0)
  }, 30_000)
})
