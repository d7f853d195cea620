// The publishing server of `npm run load:stop`, in a process of its own: a folder store on a disk, signed with the keys
// of a shop that it makes up, and statements over POST like any other.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInbox } from '../src/adapters/serve/inbox.ts'
import { listen } from '../src/adapters/serve/listen.ts'
import { createPublishing } from '../src/adapters/serve/publishing/publishing.ts'
import { base64 } from '../src/base/bytes.ts'
import { formatTime } from '../src/base/time.ts'
import { readStandpoint } from '../src/publisher/change/ground.ts'
import { type Desk, localDesk } from '../src/publisher/publish/desk.ts'
import { folderStore } from '../src/publisher/stores/folder.ts'
import type { Store } from '../src/publisher/stores/store.ts'
import { DAY, flag, openShop, rulesOf } from '../test/publisher/support/shop.ts'
import { wallClock } from './load-child.ts'
import type { Report } from './load-server.ts'

export type ToPublisher =
  | { readonly sign: number }
  | { readonly stages: true }
  | { readonly report: true }
  | { readonly stop: true }

export interface PublisherStarted {
  readonly url: string
  readonly port: number
  readonly root: string
}

/** What was written, and when it was durable. */
export interface Stage {
  readonly name: string
  readonly from: number
  readonly to: number
}

export interface Stages {
  readonly stages: readonly Stage[]
  readonly cpuMs: number
}

/** Of this process, with all its threads, since it began. */
const cpuMs = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
const folder = mkdtempSync(join(tmpdir(), 'ensign-load-'))
const stages: Stage[] = []
const plain = folderStore(folder)
const store: Store = {
  ...plain,
  async put(path, bytes, condition) {
    const from = wallClock()
    const tag = await plain.put(path, bytes, condition)
    stages.push({ name: path.replace('v1/shop/production/', ''), from, to: wallClock() })
    return tag
  },
}
const shop = await openShop({
  store,
  now: Date.now,
  root: root => ({ ...root, issued: formatTime(Date.now() - DAY), expires: formatTime(Date.now() + 30 * DAY) }),
})
const flags = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`flag-${n}`, flag(true)]))
/** So many stops, and then a release that clears them: hundreds in force are nobody's daily life. */
const IN_FORCE = 10
const release = async (desk: Desk, n: number) => {
  const { state } = await readStandpoint(shop.view())
  const rules = rulesOf({ ...flags, 'flag-0': flag(true, { salt: `s${n}` }) })
  await desk.release(await shop.propose(rules, { clears: state?.memory.stop ?? null }))
}
await release(localDesk(shop.publisher()), -1)

const publishing = createPublishing({
  publisher: shop.publisher(),
  onPublished: head => server.handler.core.hubs.poke('shop', 'production', head),
})
const inbox = createInbox({ counter: () => publishing, now: () => performance.now(), perMinute: 100_000 })
const server = await listen({ store, inbox, port: 0, maxStreams: 50_000, maxStreamsFromOne: 50_000 })
await publishing.start()

process.on('message', async (message: ToPublisher) => {
  if ('sign' in message) {
    if (message.sign % IN_FORCE === 0) await release(publishing.desk, message.sign)
    process.send!({ statement: base64(await shop.stop([`flag-${message.sign}`])) })
  } else if ('stages' in message) process.send!({ stages: stages.splice(0), cpuMs: cpuMs() } satisfies Stages)
  else if ('report' in message) {
    globalThis.gc?.()
    const { rss, heapUsed } = process.memoryUsage()
    const streams = server.handler.core.hubs.size()
    process.send!({ rss, heap: heapUsed, cpuMs: cpuMs(), streams, dropped: 0 } satisfies Report)
  } else {
    await server.drain(100)
    await publishing.close()
    process.disconnect()
  }
})
process.once('disconnect', () => {
  rmSync(folder, { recursive: true, force: true })
  process.exit()
})
process.send!({ url: server.url, port: server.port, root: base64(shop.root) } satisfies PublisherStarted)
