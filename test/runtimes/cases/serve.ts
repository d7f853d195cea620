import { createFetchHandler } from '../../../src/adapters/serve/fetch.ts'
import { sourceFiles } from '../../../src/adapters/serve/files.ts'
import { createInbox } from '../../../src/adapters/serve/inbox.ts'
import { EnsignError } from '../../../src/base/errors.ts'
import { createClient } from '../../../src/index.ts'
import { createWorld, type World } from '../../support/world.ts'
import { type Case, same } from '../case.ts'

const BASE = 'https://flags.example/v1/shop/production'

/** A world behind the handler for the web: no socket, so the same in every runtime. */
async function served() {
  const world = await createWorld()
  await world.release()
  const watchers = new Set<(head: Uint8Array) => void>()
  const source = {
    get: world.source.get,
    watch(_: string, onHead: (head: Uint8Array) => void) {
      watchers.add(onHead)
      return () => watchers.delete(onHead)
    },
  }
  const refuse = async (): Promise<never> => {
    throw new EnsignError('stop_signer', 'nobody')
  }
  const handler = createFetchHandler({
    store: sourceFiles({ shop: source }),
    inbox: createInbox({
      counter: () => ({ desk: { stop: refuse, release: refuse, event: refuse }, glance: () => {} }),
      now: () => world.now,
    }),
  })
  const push = () => {
    for (const tell of watchers) tell(world.store.get('production/head.json')!)
  }
  const ask = (path: string, init: RequestInit = {}) => handler(new Request(`${BASE}/${path}`, init))
  return { world, handler, ask, push }
}

async function codeIn(answer: Response): Promise<string> {
  return ((await answer.json()) as { error: { code: string } }).error.code
}

function clientOf(world: World, handler: (request: Request) => Promise<Response>, mode: 'stream' | 'manual') {
  return createClient({
    url: 'https://flags.example',
    project: 'shop',
    environment: 'production',
    root: world.roots[0]!.bytes,
    mode,
    fetch: (url, init) => handler(new Request(url, init as RequestInit)),
    clock: {
      now: () => world.now,
      elapsed: () => performance.now(),
      after(ms, run) {
        const timer = setTimeout(run, ms)
        return () => clearTimeout(timer)
      },
    },
  })
}

export const serveCases: readonly Case[] = [
  {
    name: 'serve: files by tag, range and coding',
    async run() {
      const { world, ask } = await served()
      const head = world.store.get('production/head.json')!
      const whole = await ask('head.json')
      same([whole.status, (await whole.arrayBuffer()).byteLength], [200, head.length])
      const again = await ask('head.json', { headers: { 'if-none-match': whole.headers.get('etag')! } })
      same([again.status, await again.text()], [304, ''])
      const some = await ask('head.json', { headers: { range: 'bytes=2-4' } })
      same([some.status, (await some.arrayBuffer()).byteLength], [206, 3])
      same((await ask('head.json', { method: 'HEAD' })).status, 200)
      same((await ask('nothing')).status, 404)
      same((await ask('head.json', { method: 'PUT', body: 'x' })).status, 405)
    },
  },
  {
    name: 'serve: statements under a cap, refused by code',
    async run() {
      const { ask } = await served()
      const large = await ask('stops', { method: 'POST', body: 'x'.repeat(70_000) })
      same([large.status, await codeIn(large)], [413, 'too_large'])
      const refused = await ask('stops', { method: 'POST', body: '{}' })
      same([refused.status, await codeIn(refused)], [422, 'stop_signer'])
    },
  },
  {
    name: 'serve: a client that asks follows',
    async run() {
      const { world, handler } = await served()
      const client = clientOf(world, handler, 'manual')
      same((await client.ready()).code, undefined)
      same(client.isEnabled('new-checkout'), true)
      world.wait()
      await world.stop()
      // The handler looks at the store once a second.
      await new Promise(resolve => setTimeout(resolve, 1_100))
      await client.refresh()
      same([client.isEnabled('new-checkout'), client.provenance().status], [false, 'current'])
      await client.close()
    },
  },
  {
    name: 'serve: a client on the stream is told, and lets go of it',
    async run() {
      const { world, handler, push } = await served()
      const { hubs } = handler.core
      const client = clientOf(world, handler, 'stream')
      same((await client.ready()).code, undefined)
      const until = async (holds: () => boolean) => {
        for (let n = 0; !holds(); n++) {
          if (n > 500) throw new Error(`it did not come about: ${holds}`)
          await new Promise(resolve => setTimeout(resolve, 10))
        }
      }
      await until(() => hubs.size() === 1)
      world.wait()
      await world.stop()
      push()
      await until(() => !client.isEnabled('new-checkout'))
      await client.close()
      await until(() => hubs.size() === 0)
      handler.core.drain(0)
    },
  },
]
