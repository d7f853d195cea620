import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { listen } from '../../src/adapters/serve/listen.ts'
import { main } from '../../src/cli/main.ts'
import { submitRelease, submitStop } from '../../src/publisher/publish/submit.ts'
import { memoryStore } from '../../src/publisher/stores/memory.ts'
import { flag, openShop, rulesOf, START } from '../publisher/support/shop.ts'

const folder = mkdtempSync(join(tmpdir(), 'ensign-inspect-'))
const store = memoryStore()
let server: Awaited<ReturnType<typeof listen>>
beforeAll(async () => {
  const shop = await openShop({ store })
  await submitRelease(shop.publisher(), await shop.propose(rulesOf({ a: flag(true), b: flag(false) })))
  await submitStop(shop.publisher(), await shop.stop(['b'], { reason: 'red \u001b[31m, \u202e and back' }))
  server = await listen({ store, port: 0 })
  writeFileSync(join(folder, 'root.json'), shop.root)
})
afterAll(async () => {
  await server.drain(0)
  rmSync(folder, { recursive: true })
})

async function inspect(...args: string[]) {
  const written: [string[], string[]] = [[], []]
  const stream = (at: 0 | 1) => ({ isTTY: false, write: (text: string) => void written[at].push(text) })
  const status = await main(['inspect', ...args], {
    cwd: folder,
    env: {},
    stdout: stream(0),
    stderr: stream(1),
    stdin: async () => '',
    now: () => START,
    random: bytes => new Uint8Array(bytes),
    signal: new AbortController().signal,
  })
  return { status, stdout: written[0].join(''), stderr: written[1].join('') }
}

it.each([
  ['an address of the environment', (url: string) => [`${url}/v1/shop/production`]],
  ['an address of its head', (url: string) => [`${url}/v1/shop/production/head.json`]],
  ['an address of a bundle', (url: string) => [`${url}/v1/shop/production/bundle.ndjson`]],
  ['a server and names', (url: string) => [url, '--project', 'shop', '-e', 'production']],
])('takes %s', async (_, argsOf) => {
  const plain = await inspect(...argsOf(server.url))
  expect(plain).toMatchObject({ status: 0, stderr: '' })
  expect(plain.stdout).toMatch(/^shop\/production: not verified/)
  const { status, stdout } = await inspect(...argsOf(server.url), '--root', 'root.json', '--json')
  expect(status).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ verified: true, flags: 2, release: { version: 1 }, problems: [] })
})

it('prints no control character of what it shows', async () => {
  const { stdout } = await inspect(`${server.url}/v1/shop/production`)
  expect(stdout).toContain('b (red \uFFFD[31m, \uFFFD and back, INC-7)')
  expect(stdout).not.toMatch(/[^\P{C}\n]/u)
})

it('tells a checkpoint that is not of the log key', async () => {
  const bytes = (await store.get('v1/shop/production/bundle.ndjson'))!.bytes
  const [header, ...rest] = new TextDecoder().decode(bytes).split('\n')
  const parsed = JSON.parse(header!) as { head: { checkpoint: string } }
  const { checkpoint } = parsed.head
  const swapped = { ...parsed, head: { ...parsed.head, checkpoint: checkpoint.replace(/\n\d+\n/, '\n7\n') } }
  writeFileSync(join(folder, 'bundle.ndjson'), [JSON.stringify(swapped), ...rest].join('\n'))
  const { status, stdout } = await inspect('bundle.ndjson', '--root', 'root.json')
  expect(status).toBe(1)
  expect(stdout).toMatch(/^error\[checkpoint_mismatch\]/m)
  expect(stdout).toMatch(/^ok +parts/m)
  expect(stdout).toMatch(/^FAILED +checkpoint .*7 entries, NOT as the head says$/m)
})

it('stops reading where a limit is passed', async () => {
  const endless = createServer((_, response) => {
    const more = () => void (response.write(' '.repeat(65_536)) ? setImmediate(more) : response.once('drain', more))
    response.on('close', () => response.off('drain', more))
    more()
  })
  await new Promise<void>(done => endless.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${(endless.address() as AddressInfo).port}`
  for (const path of ['v1/shop/production', 'bundle.ndjson']) {
    const { status, stderr } = await inspect(`${url}/${path}`)
    expect(status).toBe(1)
    expect(stderr).toContain('error[too_large]')
  }
  endless.closeAllConnections()
  await new Promise(done => endless.close(done))
})
