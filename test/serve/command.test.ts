import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { main } from '../../src/cli/main.ts'
import { createClient } from '../../src/client/node/runtime.ts'
import { openPeople, SWITCHES } from '../chaos/people.ts'
import { freePort } from '../chaos/processes.ts'
import { headFile, until } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'ensign-serve-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** `ensign …` in this process, until it is interrupted. */
function start(...argv: string[]) {
  const interrupt = new AbortController()
  let out = ''
  const output = {
    isTTY: false,
    write(text: string) {
      out += text
    },
  }
  const ended = main(argv, {
    cwd: folder,
    env: {},
    stdout: output,
    stderr: output,
    stdin: async () => '',
    now: Date.now,
    random: bytes => new Uint8Array(bytes),
    signal: interrupt.signal,
  })
  return {
    text: () => out,
    async end() {
      interrupt.abort()
      return ended
    },
  }
}

describe('ensign serve', () => {
  it('serves a folder, pushes what changes in it, logs, and ends on an interrupt', async () => {
    const production = join(folder, 'store/v1/shop/production')
    mkdirSync(production, { recursive: true })
    writeFileSync(join(production, 'head.json'), headFile(1))
    const server = start('serve', 'store', '--port', '0', '--grace', '1', '--json')
    await until(() => server.text().includes('\n'))
    const { url } = JSON.parse(server.text().split('\n')[0]!) as { url: string }
    const stream = (await fetch(`${url}/v1/shop/production/stream`)).body!.pipeThrough(new TextDecoderStream())
    let text = ''
    const read = (async () => {
      for await (const chunk of stream) text += chunk
    })()
    await until(() => text.includes('id: 1.1'))
    writeFileSync(join(production, 'head.json'), headFile(2))
    await until(() => text.includes('id: 1.2'))
    expect((await fetch(`${url}/v1/shop/production/parts/../../../x`)).status).toBe(404)
    expect(await server.end()).toBe(0)
    await read
    expect(server.text()).toContain('"status":404')
    expect(server.text()).toContain('"route":"stream"')
  })

  it('publishes what people send it, and relays it on', async () => {
    const port = await freePort()
    const people = await openPeople(join(folder, 'shop'), port)
    const common = [
      '--root',
      people.rootFile,
      '--project',
      'shop',
      '-e',
      'production',
      '--grace',
      '1',
      '--log',
      'errors',
    ]
    const keys = ['--publish-key', people.keyFile('publisher'), '--log-key', people.keyFile('log')]
    const publisher = start('serve', join(folder, 'shop/store'), '--port', String(port), ...keys, ...common)
    await until(() => publisher.text().includes('listening'))
    const receipt = await people.release(1, false)
    expect(receipt).toMatchObject({ outcome: 'published', release: { version: 1 } })

    const upstream = `http://127.0.0.1:${port}`
    const relay = start('serve', join(folder, 'copy'), '--port', '0', '--json', '--upstream', upstream, ...common)
    await until(() => relay.text().includes('\n'))
    const { url } = JSON.parse(relay.text().split('\n')[0]!) as { url: string }
    const client = createClient({
      url,
      project: 'shop',
      environment: 'production',
      root: people.root,
      pollInterval: 1_000,
    })
    const refreshed = async () => {
      for (let n = 0; n < 100 && client.value('counter', {}, 0) !== 1; n++) {
        await client.refresh()
        await new Promise(resolve => setTimeout(resolve, 50))
      }
    }
    await refreshed()
    expect(client.value('counter', {}, 0)).toBe(1)
    expect(await people.stop(left => left[0]!)).toBe(true)
    await until(() => !client.isEnabled(SWITCHES[0]!))
    expect(await fetch(`${url}/metrics`).then(answer => answer.text())).toContain(
      'ensign_upstream_updates_total{code="ok"}',
    )
    await client.close()
    expect(await relay.end()).toBe(0)
    expect(await publisher.end()).toBe(0)
  })

  it('publishes with no key but the right ones', async () => {
    const people = await openPeople(join(folder, 'wrong'), 1)
    const common = ['--root', people.rootFile, '--project', 'shop', '-e', 'production', '--port', '0']
    const wrong = start(
      'serve',
      'wrong/store',
      ...common,
      '--publish-key',
      people.keyFile('dave'),
      '--log-key',
      people.keyFile('log'),
    )
    await until(() => wrong.text().includes('publish_key'))
    expect(await wrong.end()).toBe(1)
    const log = start(
      'serve',
      'wrong/store',
      ...common,
      '--publish-key',
      people.keyFile('publisher'),
      '--log-key',
      people.keyFile('dave'),
    )
    await until(() => log.text().includes('publish_key'))
    expect(await log.end()).toBe(1)
  })
})
