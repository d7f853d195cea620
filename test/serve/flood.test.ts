import { request } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { createInbox } from '../../src/adapters/serve/inbox.ts'
import { createPace } from '../../src/adapters/serve/pace.ts'
import { createPublishing } from '../../src/adapters/serve/publishing/publishing.ts'
import { createReputes } from '../../src/adapters/serve/repute.ts'
import { base64url, utf8 } from '../../src/base/bytes.ts'
import { EnsignError } from '../../src/base/errors.ts'
import { localDesk } from '../../src/publisher/publish/desk.ts'
import { flag, openShop, rulesOf } from '../publisher/support/shop.ts'
import { listen } from './support.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

const KEYS = ['a', 'b', 'c']

/** A publishing server behind a proxy that names the address of whoever sends. */
async function open() {
  const shop = await openShop()
  await localDesk(shop.publisher()).release(
    await shop.propose(rulesOf(Object.fromEntries(KEYS.map(key => [key, flag(true)])))),
  )
  const publishing = createPublishing({ publisher: shop.publisher() })
  const inbox = createInbox({ counter: () => publishing, now: () => performance.now() })
  const server = await listen({ store: shop.store, inbox, trustedProxies: 1 })
  await publishing.start()
  closers.push(() => publishing.close(), server.close)
  const post = (address: string, statement: Uint8Array) =>
    new Promise<string>((resolve, reject) => {
      const asked = request(
        {
          port: server.port,
          path: '/v1/shop/production/stops',
          method: 'POST',
          headers: { 'x-forwarded-for': address },
        },
        reply => {
          let text = ''
          reply.on('data', chunk => {
            text += chunk
          })
          reply.on('end', () => {
            const { outcome, error } = JSON.parse(text) as { outcome?: string; error?: { code: string } }
            resolve(outcome ?? error!.code)
          })
        },
      )
      asked.on('error', reject)
      asked.end(statement)
    })
  /** The right form, the right place in the chain, the key of somebody who may stop: all but the signature. */
  const forge = async (): Promise<() => Uint8Array> => {
    const statement = new TextDecoder().decode(await shop.stop(['c']))
    let n = 0
    return () => {
      const signature = base64url(new Uint8Array(64).fill(n++ % 256))
      return utf8(statement.replace(/"signature":"[^"]+"/, `"signature":"${signature}"`))
    }
  }
  return { shop, post, forge }
}

const count = (answers: readonly string[], code: string) => answers.filter(answer => answer === code).length

describe('a flood of statements that name a real signer', () => {
  it('from 40 addresses costs little more than one look at each, and a stop gets through', async () => {
    const { shop, post, forge } = await open()
    const forged = await forge()
    const stop = await shop.stop(['a'])
    const flood = Array.from({ length: 600 }, (_, n) => post(`192.0.2.${n % 40}`, forged()))
    await Promise.all(flood.slice(0, 40))
    expect(await post('198.51.100.7', stop)).toBe('published')
    const answers = await Promise.all(flood)
    expect(count(answers, 'signature')).toBeGreaterThanOrEqual(40)
    expect(answers.length - count(answers, 'rate_limited')).toBeLessThan(60)
  })

  it('costs no more where all of it was signed and published once, as anybody can read it in the store', async () => {
    const { shop, post } = await open()
    const published = await shop.stop(['b'])
    expect(await post('198.51.100.7', published)).toBe('published')
    const answers: string[] = []
    for (let round = 0; round < 10; round++) {
      answers.push(...(await Promise.all(Array.from({ length: 25 }, (_, n) => post(`192.0.2.${n}`, published)))))
    }
    expect(count(answers, 'unchanged')).toBeGreaterThanOrEqual(25)
    expect(count(answers, 'unchanged')).toBeLessThan(150)
  })

  it('from more addresses than can be looked at leaves their share to those whose stop was published before', async () => {
    const { shop, post, forge } = await open()
    expect(await post('198.51.100.7', await shop.stop(['a']))).toBe('published')
    const forged = await forge()
    const stop = await shop.stop(['b'])
    const flood = Array.from({ length: 400 }, (_, n) => post(`10.0.${n >> 8}.${n % 256}`, forged()))
    // All looks at once are spent when so many have their answer, and then come as many again.
    let answered = 0
    await new Promise<void>(resolve => {
      for (const one of flood) one.then(() => ++answered === 150 && resolve())
    })
    flood.push(...Array.from({ length: 400 }, (_, n) => post(`10.1.${n >> 8}.${n % 256}`, forged())))
    expect(await post('198.51.100.7', stop)).toBe('published')
    // What waits for its turn does so for two seconds and is then sent away.
    expect(count(await Promise.all(flood), 'rate_limited')).toBeGreaterThan(100)
  })
})

describe('a pace', () => {
  it('lets those who wait in by their order', async () => {
    const pace = createPace({ burst: 1, perSecond: 1_000, now: () => performance.now(), random: Math.random })
    const order: number[] = []
    await Promise.all([0, 1, 2, 3].map(async n => (await pace.enter(60_000)) && order.push(n)))
    expect(order).toEqual([0, 1, 2, 3])
  })

  it('keeps nobody longer than he would wait, and no line longer than it can be', async () => {
    const pace = createPace({ burst: 1, perSecond: 1_000, now: () => 0, random: () => 0.5 })
    expect(await pace.enter(0)).toBe(true)
    expect(await pace.enter(0)).toBe(false)
    expect(await pace.enter(5)).toBe(false)
    const line = Array.from({ length: 128 }, () => pace.enter(100))
    const last = pace.enter(100)
    expect(await Promise.race([line[64], last])).toBe(false)
    expect(await Promise.all([...line, last])).toEqual(Array.from({ length: 129 }, () => false))
  })
})

describe('the repute of an origin', () => {
  const bad = new EnsignError('signature', 'forged')
  const late = new EnsignError('stop_fork', 'somebody was first')

  it('is made by what was published, and by nothing that anybody can send again', () => {
    const reputes = createReputes(() => 0)
    reputes.accepted('192.0.2.1', 'unchanged')
    reputes.accepted('192.0.2.2', 'published')
    expect([reputes.of('192.0.2.1'), reputes.of('192.0.2.2')]).toEqual(['open', 'known'])
  })

  it('is lost by one forgery or three refusals, for its whole site, and comes back with time', () => {
    let now = 0
    const reputes = createReputes(() => now)
    reputes.accepted('2001:db8:1:2::/64', 'published')
    reputes.refused('2001:db8:1:2::/64', bad)
    for (let n = 0; n < 2; n++) reputes.refused('192.0.2.1', late)
    expect(['2001:db8:1:2::/64', '2001:db8:1:3::/64', '2001:db8:2:2::/64', '192.0.2.1'].map(reputes.of)).toEqual([
      'struck',
      'struck',
      'open',
      'open',
    ])
    reputes.refused('192.0.2.1', late)
    expect(reputes.of('192.0.2.1')).toBe('struck')
    now += 600_001
    expect([reputes.of('2001:db8:1:2::/64'), reputes.of('192.0.2.1')]).toEqual(['open', 'open'])
  })

  it('is lost by sending again what is in force, and not where one works', () => {
    const reputes = createReputes(() => 0)
    reputes.accepted('192.0.2.2', 'published')
    for (let n = 0; n < 3; n++) {
      expect([reputes.of('192.0.2.1'), reputes.of('192.0.2.2')]).toEqual(['open', 'known'])
      for (const origin of ['192.0.2.1', '192.0.2.2']) reputes.accepted(origin, 'unchanged')
    }
    expect([reputes.of('192.0.2.1'), reputes.of('192.0.2.2')]).toEqual(['struck', 'known'])
  })

  it('is not touched by faults of the store', () => {
    const reputes = createReputes(() => 0)
    for (let n = 0; n < 5; n++) reputes.refused('192.0.2.1', new EnsignError('store_busy', 'held'))
    reputes.refused('192.0.2.1', new Error('ENOSPC'))
    expect(reputes.of('192.0.2.1')).toBe('open')
  })
})
