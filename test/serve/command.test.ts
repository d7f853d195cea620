import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { main } from '../../src/cli/main.ts'
import { headFile, until } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'ensign-serve-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('ensign serve', () => {
  it('serves a folder, pushes what changes in it, logs, and ends on an interrupt', async () => {
    const production = join(folder, 'store/v1/shop/production')
    mkdirSync(production, { recursive: true })
    writeFileSync(join(production, 'head.json'), headFile(1))
    const interrupt = new AbortController()
    let out = ''
    const output = {
      isTTY: false,
      write(text: string) {
        out += text
      },
    }
    const ended = main(['serve', 'store', '--port', '0', '--grace', '1', '--json'], {
      cwd: folder,
      env: {},
      stdout: output,
      stderr: output,
      stdin: async () => '',
      now: Date.now,
      random: bytes => new Uint8Array(bytes),
      signal: interrupt.signal,
    })
    await until(() => out.includes('\n'))
    const { url } = JSON.parse(out.slice(0, out.indexOf('\n'))) as { url: string }
    const stream = (await fetch(`${url}/v1/shop/production/stream`)).body!.pipeThrough(new TextDecoderStream())
    let text = ''
    const read = (async () => {
      for await (const chunk of stream) text += chunk
    })()
    await until(() => text.includes('id: 1.1'))
    writeFileSync(join(production, 'head.json'), headFile(2))
    await until(() => text.includes('id: 1.2'))
    expect((await fetch(`${url}/v1/shop/production/parts/../../../x`)).status).toBe(404)
    interrupt.abort()
    await read
    expect(await ended).toBe(0)
    await until(() => out.includes('"status":404'))
    expect(out).toContain('"route":"stream"')
  })
})
