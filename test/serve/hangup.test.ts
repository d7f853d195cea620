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
