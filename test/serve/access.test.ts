import { describe, expect, it } from 'vitest'
import { makeToken, parseTokens } from '../../src/adapters/serve/access.ts'
import type { AccessLine } from '../../src/adapters/serve/access-log.ts'
import { isStream } from '../../src/adapters/serve/ask.ts'
import { createCore } from '../../src/adapters/serve/core.ts'
import { createFetchHandler, type FetchHandlerOptions } from '../../src/adapters/serve/fetch.ts'
import { utf8 } from '../../src/base/bytes.ts'
import { fileWorld, headFile } from './support.ts'

const production = makeToken(new Uint8Array(32).fill(1), { id: 'web', project: 'shop', environments: ['production'] })
const everything = makeToken(new Uint8Array(32).fill(2), {
  id: 'ops',
  project: 'shop',
  environments: '*',
  metrics: true,
})
const elsewhere = makeToken(new Uint8Array(32).fill(3), { id: 'bank', project: 'bank', environments: '*' })

function guarded(options: Partial<FetchHandlerOptions> = {}) {
  const world = fileWorld({
    'production/head.json': headFile(1),
    'staging/head.json': headFile(1),
    'roots/1.json': utf8('{}'),
  })
  const tokens = [production.stored, everything.stored, elsewhere.stored]
  const handler = createFetchHandler({ store: world.store, tokens, ...options })
  return (path: string, token?: string) =>
    handler(
      new Request(
        `http://flags.test${path}`,
        token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
      ),
    )
}

describe('tokens', () => {
  it.each([
    ['/v1/shop/production/head.json', production.secret, 200, undefined],
    ['/v1/shop/roots/1.json', production.secret, 200, undefined],
    ['/v1/shop/staging/head.json', production.secret, 403, 'token_scope'],
    ['/v1/shop/staging/stream', production.secret, 403, 'token_scope'],
    ['/v1/shop/staging/stops', production.secret, 405, 'method_not_allowed'],
    ['/v1/shop/staging/head.json', everything.secret, 200, undefined],
    ['/v1/shop/production/head.json', elsewhere.secret, 403, 'token_scope'],
    ['/v1/shop/roots/1.json', elsewhere.secret, 403, 'token_scope'],
    ['/v1/shop/production/head.json', `${production.secret}0`, 401, 'token_missing'],
    ['/v1/shop/production/head.json', production.stored.sha256, 401, 'token_missing'],
    ['/v1/shop/production/head.json', undefined, 401, 'token_missing'],
    ['/metrics', everything.secret, 200, undefined],
    ['/metrics', production.secret, 403, 'token_scope'],
    ['/metrics', undefined, 401, 'token_missing'],
    ['/healthz', undefined, 200, undefined],
  ])('%s', async (path, token, status, code) => {
    const answer = await guarded()(path, token)
    expect(answer.status).toBe(status)
    if (code !== undefined) expect(await answer.json()).toMatchObject({ error: { code } })
    if (status === 401) expect(answer.headers.get('www-authenticate')).toBe('Bearer')
  })

  it('lets nobody in with an empty list, and everybody without one', async () => {
    expect((await guarded({ tokens: [] })('/v1/shop/production/head.json')).status).toBe(401)
    const open = createFetchHandler({ store: fileWorld({ 'production/head.json': headFile(1) }).store })
    expect((await open(new Request('http://flags.test/v1/shop/production/head.json'))).status).toBe(200)
  })

  it('goes by a new list at once, and ends the streams of a token that is not on it', async () => {
    const world = fileWorld({ 'production/head.json': headFile(1) })
    const handler = createFetchHandler({ store: world.store, tokens: [production.stored, everything.stored] })
    const stream = (token: string) =>
      handler(
        new Request('http://flags.test/v1/shop/production/stream', { headers: { authorization: `Bearer ${token}` } }),
      )
    const going = (await stream(production.secret)).body!.getReader()
    const staying = (await stream(everything.secret)).body!.getReader()
    for (const reader of [going, staying]) expect((await reader.read()).done).toBe(false)
    handler.core.replaceTokens([everything.stored])
    expect((await going.read()).done).toBe(true)
    expect((await stream(production.secret)).status).toBe(401)
    expect(handler.core.hubs.size()).toBe(1)
    world.push(headFile(2))
    expect((await staying.read()).done).toBe(false)
    handler.core.replaceTokens([])
    expect((await staying.read()).done).toBe(true)
    expect((await stream(everything.secret)).status).toBe(401)
  })

  it('opens no stream for a token that was taken out while the store was read', async () => {
    const core = createCore({
      store: fileWorld({ 'production/head.json': headFile(1) }).store,
      tokens: [production.stored],
    })
    const reply = await core.answer({
      method: 'GET',
      path: '/v1/shop/production/stream',
      address: '192.0.2.7',
      header: name => (name === 'authorization' ? `Bearer ${production.secret}` : undefined),
      body: async () => new Uint8Array(0),
    })
    core.replaceTokens([])
    let ended = false
    const end = () => {
      ended = true
    }
    if (isStream(reply)) reply.join({ write: () => true, end })
    expect([reply.status, ended, core.hubs.size()]).toEqual([200, true, 0])
  })

  it('keeps guarded files out of shared caches', async () => {
    for (const path of ['/v1/shop/production/head.json', '/v1/shop/roots/1.json']) {
      const answer = await guarded()(path, production.secret)
      expect(answer.headers.get('cache-control')).toMatch(/^private, /)
    }
  })

  it('stores no token and logs none', async () => {
    const lines: AccessLine[] = []
    const ask = guarded({ log: line => lines.push(line) })
    await ask('/v1/shop/production/head.json?user=jane', production.secret)
    await ask('/v1/shop/production/jane@example.com', production.secret)
    await ask('/v1/shop/production/head.json', 'some-secret')
    const text = JSON.stringify([lines, production.stored])
    for (const secret of [production.secret, 'jane', 'some-secret']) expect(text).not.toContain(secret)
    expect(lines[0]).toMatchObject({ method: 'GET', route: 'head', status: 200, project: 'shop', token: 'web' })
    expect(lines[1]).toMatchObject({ route: 'none', status: 404 })
    expect(lines[2]).toMatchObject({ status: 401, code: 'token_missing' })
  })

  it('reads a token file and names what is wrong in it', () => {
    const { stored } = production
    expect(parseTokens({ tokens: [stored, everything.stored] })).toEqual([stored, everything.stored])
    const wrong = [
      {},
      { tokens: [{}] },
      { tokens: [{ ...stored, environments: 'production' }] },
      { tokens: [{ ...stored, metrics: 1 }] },
    ]
    for (const file of wrong) expect(() => parseTokens(file)).toThrow(/token/)
    const bad = { ...stored, sha256: 'ABC' }
    expect(() => createFetchHandler({ store: fileWorld().store, tokens: [bad] })).toThrow('token web: sha256')
  })
})

describe('addresses', () => {
  it('answers only those allowed, and health checks to all', async () => {
    const ask = guarded({ allow: address => address === '10.0.0.1', addressOf: () => '10.0.0.2' })
    const refused = await ask('/v1/shop/production/head.json')
    expect([refused.status, await refused.json()]).toMatchObject([403, { error: { code: 'address_refused' } }])
    expect((await ask('/metrics')).status).toBe(403)
    expect((await ask('/healthz')).status).toBe(200)
    const known = guarded({ allow: address => address === '10.0.0.1', addressOf: () => '10.0.0.1' })
    expect((await known('/v1/shop/production/head.json', production.secret)).status).toBe(200)
  })
})
