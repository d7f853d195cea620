import { afterEach, describe, expect, it } from 'vitest'
import { createInbox } from '../../src/adapters/serve/inbox.ts'
import { createPublishing, type Publishing } from '../../src/adapters/serve/publishing/publishing.ts'
import { remoteDesk } from '../../src/adapters/serve/submit.ts'
import { utf8 } from '../../src/base/bytes.ts'
import { openBundleFile } from '../../src/bundle/bundlefile.ts'
import { openState } from '../../src/bundle/open.ts'
import { readDue } from '../../src/publisher/publish/due.ts'
import { storeSource } from '../../src/publisher/publish/sources.ts'
import { sealStatement } from '../../src/trust/seal.ts'
import { generateKey, localSigner } from '../../src/trust/signer.ts'
import { readEnvelope } from '../../src/trust/statement.ts'
import { flag, openShop, rulesOf, type Shop, START } from '../publisher/support/shop.ts'
import { listen, type Running, until } from './support.ts'

const HOUR = 3600_000
const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

/** A shop whose server publishes it: what people sign goes in over HTTP, what clients read comes out. */
async function open(shop: Shop) {
  const errors: string[] = []
  const publishing = createPublishing({
    publisher: shop.publisher(),
    tickMs: 20,
    onPublished: head => server.handler.core.hubs.poke('shop', 'production', head),
    onError: (what, error) => errors.push(`${what}: ${(error as { code?: string }).code}`),
  })
  const inbox = createInbox({
    counter: (project, environment) =>
      project === publishing.project && environment === publishing.environment ? publishing : undefined,
    now: () => performance.now(),
  })
  const server: Running = await listen({ store: shop.store, inbox, now: shop.now })
  await publishing.start()
  closers.push(() => publishing.close(), server.close)
  const desk = remoteDesk({ url: server.url, project: 'shop', environment: 'production' })
  return { server, publishing: publishing as Publishing, desk, errors }
}

const state = (shop: Shop) =>
  openState({
    source: storeSource(shop.store, 'shop'),
    project: 'shop',
    environment: 'production',
    root: shop.root,
    now: shop.now(),
  })

describe('a publishing server', () => {
  it('takes a release and a stop from people who hold no publish key, and streams the result', async () => {
    const shop = await openShop()
    const { server, desk } = await open(shop)
    const receipt = await desk.release(await shop.propose(rulesOf({ checkout: flag(true) })))
    expect(receipt).toMatchObject({ outcome: 'published', release: { version: 1 }, sequence: 1 })
    const stream = await fetch(`${server.url}/v1/shop/production/stream`)
    let text = ''
    const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader()
    const read = (async () => {
      for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) text += chunk.value
    })()
    await until(() => text.includes('id: 1.1'))
    const stopped = await desk.stop(await shop.stop(['checkout']))
    expect(stopped).toMatchObject({ outcome: 'published', stop: { version: 1 }, sequence: 2 })
    await until(() => text.includes('id: 1.2'))
    expect((await state(shop)).stops[0]?.flags).toEqual(['checkout'])
    await reader.cancel()
    await read
  })

  it('refuses with the code that an SDK would give', async () => {
    const shop = await openShop()
    const { desk } = await open(shop)
    const rules = rulesOf({ checkout: flag(true) })
    const refused = (what: Promise<unknown>) =>
      what.then(
        () => 'ok',
        (error: { code: string }) => error.code,
      )
    expect(await refused(desk.release(await shop.propose(rules, { signers: ['alice'] })))).toBe('threshold')
    expect(await refused(desk.release(await shop.propose(rules, { signers: ['bob'] })))).toBe('author_not_signed')
    await desk.release(await shop.propose(rules))
    expect(await refused(desk.stop(await shop.stop(['checkout'], {}, 'alice')))).toBe('stop_signer')
    expect(await refused(desk.stop(await shop.stop(['checkout'], { environment: 'staging' })))).toBe(
      'wrong_environment',
    )
    expect(await refused(desk.stop(await shop.stop(['checkout'], { project: 'bank' })))).toBe('wrong_project')
    expect(await refused(desk.stop(await shop.stop(['checkout'], { version: 3 })))).toBe('stop_fork')
    expect(await refused(desk.stop(utf8('{"payload":"","signatures":[]}')))).toBe('envelope')
    expect((await state(shop)).head.sequence).toBe(1)
  })

  it('looks at no signature of junk, and at few of what looks right', async () => {
    const shop = await openShop()
    const { desk, publishing } = await open(shop)
    await desk.release(await shop.propose(rulesOf({ checkout: flag(true) })))
    await publishing.close()
    const stranger = await localSigner(await generateKey('Ed25519'), 'dave')
    const stop = JSON.parse(new TextDecoder().decode(await shop.stop(['checkout']))) as { payload: string }
    const payload = JSON.parse(Buffer.from(stop.payload, 'base64url').toString())
    const forged = await sealStatement(payload, [stranger], START / 1000)
    let reads = 0
    // The desk reads the store before anything else, so no read is no check.
    const { get } = shop.store
    shop.store.get = (path, options) => {
      reads++
      return get.call(shop.store, path, options)
    }
    for (let n = 0; n < 10; n++) await expect(desk.stop(forged)).rejects.toMatchObject({ code: 'stop_signer' })
    expect(reads).toBe(0)
  })

  it('renews its head after half of its life', async () => {
    const shop = await openShop()
    const { desk } = await open(shop)
    const { expires } = await desk.release(await shop.propose(rulesOf({ checkout: flag(true) })))
    const lifetime = Date.parse(expires) - START
    expect(lifetime).toBeGreaterThan(HOUR)
    shop.clock.now += lifetime * 0.4
    await new Promise(resolve => setTimeout(resolve, 100))
    expect((await state(shop)).head.sequence).toBe(1)
    shop.clock.now += lifetime * 0.2
    let sequence = 1
    for (let n = 0; sequence === 1 && n < 200; n++) {
      await new Promise(resolve => setTimeout(resolve, 10))
      sequence = (await state(shop)).head.sequence
    }
    expect(sequence).toBe(2)
  })

  it('puts a release in force at its time', async () => {
    const shop = await openShop()
    const { desk } = await open(shop)
    await desk.release(await shop.propose(rulesOf({ checkout: flag(true) })))
    const later = await shop.propose(rulesOf({ checkout: flag(false) }))
    const at = `${new Date(START + HOUR).toISOString().slice(0, 19)}Z`
    expect(await desk.release({ ...later, at })).toMatchObject({ outcome: 'scheduled', release: { version: 1 } })
    shop.clock.now += HOUR + 1_000
    let version = 1
    for (let n = 0; version === 1 && n < 200; n++) {
      await new Promise(resolve => setTimeout(resolve, 10))
      version = (await state(shop)).release.version
    }
    expect(version).toBe(2)
  })

  it('takes a scheduled release off its list when it is withdrawn over HTTP', async () => {
    const shop = await openShop()
    const { desk } = await open(shop)
    await desk.release(await shop.propose(rulesOf({ checkout: flag(true) })))
    const later = await shop.propose(rulesOf({ checkout: flag(false) }))
    await desk.release({ ...later, at: `${new Date(START + HOUR).toISOString().slice(0, 19)}Z` })
    expect((await readDue(shop.publisher())).due).toHaveLength(1)
    const { digest } = readEnvelope(later.release, 'release', 'release')
    const receipt = await desk.event(await shop.event('withdrawn', { type: 'release', digest }))
    expect(receipt).toMatchObject({ outcome: 'published', log: { size: 3 }, notices: [{ code: 'unscheduled' }] })
    expect((await readDue(shop.publisher())).due).toEqual([])
  })

  it('makes one bundle of several stops in a row, after it has answered, and owes none when it closes', async () => {
    const shop = await openShop()
    const { desk, publishing } = await open(shop)
    await desk.release(await shop.propose(rulesOf({ a: flag(true), b: flag(true), c: flag(true) })))
    let bundles = 0
    const { put } = shop.store
    shop.store.put = (path, bytes, condition) => {
      if (path.endsWith('/bundle.ndjson')) bundles++
      return put.call(shop.store, path, bytes, condition)
    }
    const headInBundle = async () => {
      const stored = await shop.store.get('v1/shop/production/bundle.ndjson')
      const head = stored && openBundleFile(stored.bytes).get('production/head.json', { maxBytes: 1 << 20 })
      return new TextDecoder().decode(await head)
    }
    let last = await desk.stop(await shop.stop(['a']))
    await until(async () => (await headInBundle()) === new TextDecoder().decode(last.head))
    bundles = 0
    for (const key of ['b', 'c']) last = await desk.stop(await shop.stop([key]))
    await publishing.close()
    expect(bundles).toBe(1)
    expect(await headInBundle()).toBe(new TextDecoder().decode(last.head))
  })

  it('waits for the first release without a complaint', async () => {
    const shop = await openShop()
    const { errors, server } = await open(shop)
    await new Promise(resolve => setTimeout(resolve, 60))
    expect(errors).toEqual([])
    expect((await fetch(`${server.url}/v1/shop/production/head.json`)).status).toBe(404)
  })
})
