import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { listen } from '../../src/adapters/serve/listen.ts'
import { formatTime } from '../../src/base/time.ts'
import { submitRelease } from '../../src/publisher/publish/submit.ts'
import { readSealed } from '../../src/trust/seal.ts'
import { DAY, flag, openShop, rulesOf } from '../publisher/support/shop.ts'

export const EXAMPLES = join(import.meta.dirname, '../../examples')

/** A real server with one release, by the clock of this machine: new-checkout is on for u-ann alone. */
export async function serveShop() {
  const started = Date.now()
  const shop = await openShop({
    now: Date.now,
    root: root => ({ ...root, issued: formatTime(started - DAY), expires: formatTime(started + 300 * DAY) }),
  })
  const ann = { id: 'staff', when: { attr: 'userId', in: ['u-ann'] }, then: { serve: 0 } }
  const rules = rulesOf({ 'new-checkout': flag(true, { rules: [ann], otherwise: { serve: 1 } }) })
  await submitRelease(shop.publisher(), await shop.propose(rules))
  const server = await listen({ store: shop.store, port: 0 })
  const folder = mkdtempSync(join(tmpdir(), 'ensign-examples-'))
  writeFileSync(join(folder, 'root.json'), shop.root)
  const children: ChildProcess[] = []

  /** Starts a program in the folder; the answer is the first address that it prints. */
  const start = (command: string, args: readonly string[], fd = 1): Promise<string> => {
    const env = { ...process.env, ENSIGN_URL: server.url, PORT: '0', NO_COLOR: '1', DENO_DIR: join(folder, 'deno') }
    const child = spawn(command, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] })
    children.push(child)
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream!.on('data', chunk => (output += chunk))
    return new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', code => reject(new Error(`ended with ${code}:\n${output}`)))
      createInterface({ input: child.stdio[fd] as NodeJS.ReadableStream }).on('line', line => {
        const address = /^http:\S+$/.exec(line)?.[0] ?? /"port":(\d+)/.exec(line)?.[1]
        if (address !== undefined) resolve(address.startsWith('http') ? address : `http://127.0.0.1:${address}`)
      })
    })
  }

  return {
    url: server.url,
    folder,
    digest: readSealed(shop.root, 'root').digest,
    start,
    async close() {
      for (const child of children) {
        if (child.exitCode !== null || child.signalCode !== null) continue
        const gone = new Promise(resolve => child.once('exit', resolve))
        child.kill('SIGTERM')
        const timer = setTimeout(() => child.kill('SIGKILL'), 5_000)
        await gone
        clearTimeout(timer)
      }
      await server.drain(0)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export async function checkoutOf(url: string, user: string): Promise<unknown> {
  const answer = await fetch(`${url}/checkout`, { headers: { 'x-user': user } })
  return answer.json()
}
