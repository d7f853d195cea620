import { afterEach, describe, expect, it } from 'vitest'
import { cleanUp, clientOf, flagsOf, serveWorld, until, worldWith } from './support.ts'

afterEach(cleanUp)

describe('a client', () => {
  it('serves fallbacks until it is ready, and says so', async () => {
    const { client } = clientOf(await worldWith(), { source: { get: async () => undefined } })
    expect(client.isEnabled('new-checkout')).toBe(false)
    expect(client.isEnabled('new-checkout', {}, true)).toBe(true)
    expect(client.explain('new-checkout')).toMatchObject({ reason: 'ERROR', code: 'not_ready', release: null })
    expect(client.provenance()).toMatchObject({ status: 'starting', source: 'none', inForce: null })
  })

  it('takes what is in force over from the network, and ties answers to it', async () => {
    const world = await worldWith()
    const server = await serveWorld(world)
    const { client, told } = clientOf(world, { url: server.url })
    expect(await client.ready()).toEqual({
      ok: true,
      status: 'current',
      source: 'network',
      code: undefined,
      problems: [],
    })
    expect(client.isEnabled('new-checkout')).toBe(true)
    const release = world.realm().release!
    expect(client.explain('new-checkout').release).toEqual({ version: 1, digest: release.digest, status: 'current' })
    expect(client.provenance()).toMatchObject({
      project: 'shop',
      environment: 'production',
      status: 'current',
      source: 'network',
      inForce: {
        release: { version: 1, digest: release.digest, author: 'alice', signers: ['alice', 'bob'] },
        unreviewed: false,
        log: { size: 1 },
        head: { epoch: 1, sequence: 1 },
      },
    })
    expect(told.map(one => one.status)).toEqual(['current'])
  })

  it('names the flags that this engine cannot read, once it is ready', async () => {
    const world = await worldWith()
    const rule = { id: 'r', when: { attr: 'x', resembles: 'y' }, then: { serve: 1 } }
    const strange = { ...flagsOf('strange').strange!, rules: [rule] }
    world.wait()
    await world.release('production', { flags: { ...flagsOf('new-checkout'), strange } })
    const { client } = clientOf(world, { source: world.source })
    const { ok, problems } = await client.ready()
    expect(ok).toBe(true)
    expect(problems[0]).toMatchObject({ source: 'rules', code: 'newer_rules', at: '/flags/strange/rules/0/when' })
    expect(client.isEnabled('new-checkout')).toBe(true)
  })

  it('takes the bundle for a cold start, then the head, and only the parts that changed', async () => {
    const keys = Array.from({ length: 40 }, (_, i) => `flag-${i}`)
    const world = await worldWith(...keys)
    await world.release('production', { flags: flagsOf(...keys), count: 8 })
    world.store.set('production/bundle.ndjson', await world.bundle())
    const server = await serveWorld(world)
    const { client } = clientOf(world, { url: server.url })
    await client.ready()
    await until(() => server.paths().includes('production/head.json'))
    expect(server.paths()).toEqual(['production/bundle.ndjson', 'roots/2.json', 'production/head.json'])
    const changed = { ...flagsOf(...keys), 'flag-7': { ...flagsOf('flag-7')['flag-7']!, on: false } }
    world.wait()
    await world.release('production', { flags: changed, count: 8 })
    const changes: unknown[] = []
    client.on('change', event => changes.push(event))
    server.asked.length = 0
    await client.refresh()
    expect(changes).toMatchObject([{ changed: ['flag-7'], source: 'network', release: { version: 3 } }])
    expect(client.isEnabled('flag-7')).toBe(false)
    const parts = server.paths().filter(path => path.includes('/parts/'))
    expect(parts).toHaveLength(1)
    server.asked.length = 0
    await client.refresh()
    expect(server.paths()).toEqual(['production/head.json'])
  })
})
