import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { fromUtf8, utf8 } from '../../src/base/bytes.ts'
import type { Source } from '../../src/bundle/source.ts'
import { folderCache } from '../../src/index.node.ts'
import { withEnvironment } from '../support/cast.ts'
import { DAY } from '../support/world.ts'
import { cleanUp, clientOf, flagsOf, serveWorld, sleep, temporary, until, worldWith } from './support.ts'

afterEach(cleanUp)

const HEAD = 'production/head.json'
const YEAR = 365 * DAY

describe('what is done to a client', () => {
  it('cache-edit: a cached file is changed on disk', async () => {
    const world = await worldWith()
    const server = await serveWorld(world)
    const folder = await temporary()
    const first = clientOf(world, { url: server.url, cache: folderCache(folder) })
    await first.client.ready()
    await first.client.close()
    const [name] = await readdir(folder)
    const file = join(folder, name!)
    const bytes = await readFile(file)
    await writeFile(file, bytes.toString().replace('"on":true', '"on":null'))
    const { client, told } = clientOf(world, { url: server.url, cache: folderCache(folder) })
    const result = await client.ready()
    expect(result).toMatchObject({ ok: true, status: 'current', source: 'network' })
    expect(result.problems).toMatchObject([{ source: 'cache', code: 'part_digest' }])
    expect(told.map(one => [one.status, one.code])).toEqual([
      ['unverified', 'part_digest'],
      ['current', undefined],
    ])
    expect(client.isEnabled('new-checkout')).toBe(true)
    // What is right takes the place of what was changed.
    await client.close()
    const healed = clientOf(world, { source: { get: async () => undefined }, cache: folderCache(folder) })
    expect(await healed.client.ready()).toMatchObject({ ok: true, status: 'current', source: 'cache' })
  })

  it('sse-forged: the stream delivers a forged head', async () => {
    const world = await worldWith()
    const server = await serveWorld(world)
    const { client, told } = clientOf(world, { url: server.url, mode: 'stream', pollInterval: 1_000 })
    await client.ready()
    await until(() => server.streams.size === 1)
    const file = JSON.parse(fromUtf8(world.store.get(HEAD)!)!) as { head: string }
    const head = JSON.parse(file.head) as { signatures: { signature: string }[] }
    head.signatures[0]!.signature = `A${head.signatures[0]!.signature.slice(1)}`
    server.asked.length = 0
    const forged = JSON.stringify({ ...file, head: JSON.stringify(head) })
    for (let i = 0; i < 200; i++) server.push(forged)
    await sleep(600)
    expect(client.provenance().status).toBe('current')
    expect(told.map(one => one.status)).toEqual(['current'])
    expect(client.isEnabled('new-checkout')).toBe(true)
    // 600 ms are 12 seconds of the client's time: the polls of these, and a few reconnects.
    expect(server.paths().filter(path => path === HEAD).length).toBeGreaterThan(0)
    expect(server.paths().filter(path => path === HEAD).length).toBeLessThan(40)
    expect(server.paths().filter(path => path.endsWith('stream')).length).toBeLessThan(12)
    world.wait()
    await world.stop()
    await until(() => !client.isEnabled('new-checkout'))
  })

  it('late-older: two updates race and the older ends last', async () => {
    const world = await worldWith()
    const old = world.snapshot()
    const now = new Map(world.store)
    world.wait()
    await world.stop()
    const newer = new Map(world.store)
    old()
    // The snapshot that is deployed is the older one, and it is slow; the network gives the newer.
    const bundle = await world.bundle()
    let release = () => {}
    const slow = new Promise<void>(resolve => {
      release = resolve
    })
    const source: Source = { get: async path => newer.get(path) }
    const { client } = clientOf(world, {
      source,
      bootstrap: async () => {
        await slow
        return bundle
      },
    })
    expect(await client.ready()).toMatchObject({ ok: true, source: 'network' })
    expect(client.provenance().inForce).toMatchObject({ head: { sequence: 2 }, stops: [{ flags: ['new-checkout'] }] })
    release()
    await sleep(100)
    expect(client.provenance()).toMatchObject({ source: 'network', inForce: { head: { sequence: 2 } } })
    expect(now.get(HEAD)).not.toEqual(newer.get(HEAD))
  })

  it('late-older: one update is slower than the next, in either order', async () => {
    const world = await worldWith()
    const gates: (() => void)[] = []
    let served = new Map(world.store)
    const source: Source = {
      async get(path) {
        const bytes = served.get(path)
        if (path === HEAD) await new Promise<void>(resolve => gates.push(resolve))
        return bytes
      },
    }
    const { client } = clientOf(world, { source })
    const ready = client.ready()
    await until(() => gates.length === 1)
    world.wait()
    await world.release('production', { flags: flagsOf('a', 'b') })
    served = new Map(world.store)
    // Asked while the first one runs: it gets a run of its own, which begins after that.
    const refreshed = client.refresh()
    gates[0]!()
    await ready
    expect(client.provenance().inForce!.head.sequence).toBe(1)
    await until(() => gates.length === 2)
    gates[1]!()
    await refreshed
    expect(client.provenance().inForce!.head.sequence).toBe(2)
  })

  it('expired-after-good: a valid head, then only expired ones', async () => {
    const world = await worldWith()
    const { client, told } = clientOf(world, { source: world.source, mode: 'poll', pollInterval: 1_000 })
    await client.ready()
    const before = client.evaluateAll()
    world.wait(2 * DAY)
    await until(() => client.provenance().status === 'stale')
    const asked = world.asked.length
    await until(() => world.asked.length > asked + 10, 'ten more polls')
    expect(told.map(one => [one.status, one.code])).toEqual([
      ['current', undefined],
      ['stale', 'expired'],
    ])
    expect(client.evaluateAll()).toEqual(before)
    expect(client.explain('new-checkout').release).toMatchObject({ version: 1, status: 'stale' })
    await world.head()
    await until(() => client.provenance().status === 'current')
    expect(client.explain('new-checkout').release).toMatchObject({ status: 'current' })
  })

  it('expired: told at its time, also when nobody can be asked', async () => {
    const world = await worldWith()
    let up = true
    const { client, told, clock } = clientOf(world, {
      source: {
        async get(path, options) {
          if (!up) throw new Error('down')
          return world.source.get(path, options)
        },
      },
      mode: 'manual',
    })
    // The timer of the expiry runs by itself: a day is too long for a test, so it starts with a minute left.
    clock.off = DAY + 300_000 - 10_000
    await client.ready()
    up = false
    expect(client.provenance().status).toBe('current')
    clock.off += 10_000
    await until(() => told.length === 2)
    expect(told[1]).toMatchObject({ status: 'stale', code: 'expired' })
    expect(client.isEnabled('new-checkout')).toBe(true)
  })

  it('only-bad: first start with nothing but bad data', async () => {
    const world = await worldWith()
    const { client } = clientOf(world, {
      source: { get: async path => (path === HEAD ? utf8('{"head":"x","release":"y","stops":[]}') : undefined) },
      bootstrap: utf8('{}\n'),
      cache: { load: async () => utf8('what is this'), save: async () => undefined },
    })
    const result = await client.ready()
    expect(result).toMatchObject({ ok: false, status: 'unverified', source: 'none' })
    expect(result.problems.map(one => [one.source, one.code]).sort()).toEqual([
      ['bootstrap', 'bundle_form'],
      ['cache', 'bundle_form'],
      ['network', 'schema'],
    ])
    expect(client.isEnabled('new-checkout', {}, true)).toBe(true)
    expect(client.value('new-checkout', {}, 'mine')).toBe('mine')
    expect(client.explain('new-checkout')).toMatchObject({ reason: 'ERROR', code: 'not_ready' })
  })

  it.each([
    ['clock-back', -2 * YEAR],
    ['clock-ahead', 2 * YEAR],
  ])('%s: the clock is two years off', async (_, off) => {
    const world = await worldWith()
    const { client, clock, told } = clientOf(world, { source: world.source, mode: 'poll', pollInterval: 1_000 })
    await client.ready()
    const before = client.evaluateAll()
    clock.off = off
    world.wait(1_000)
    await world.head()
    await until(() => client.provenance().status === 'stale')
    expect(client.provenance().code).toBe('clock_fault')
    expect(client.evaluateAll()).toEqual(before)
    await sleep(100)
    expect(told.length).toBe(2)
    clock.off = 0
    await until(() => client.provenance().status === 'current')
  })

  it('clock-back: a client that starts so serves what is signed, and tells', async () => {
    const world = await worldWith()
    const { client, clock } = clientOf(world, { source: world.source })
    clock.off = -2 * YEAR + 10 * DAY
    const result = await client.ready()
    expect(client.isEnabled('new-checkout')).toBe(true)
    expect(JSON.stringify(result)).toContain('clock_fault')
  })

  it('polluted: Object.prototype carries what a naive reader would take', async () => {
    const polluted = Object.prototype as Record<string, unknown>
    const names = [
      'alg',
      'b64',
      'on',
      'rules',
      'source',
      'url',
      'cache',
      'token',
      'stale',
      'bootstrap',
      'code',
      'maxBytes',
    ]
    const world = await worldWith()
    const server = await serveWorld(world)
    try {
      for (const name of names) {
        Object.defineProperty(polluted, name, { value: 'none', configurable: true, enumerable: false, writable: true })
      }
      const { client } = clientOf(world, { url: server.url })
      const result = await client.ready()
      expect([result.ok, result.status]).toEqual([true, 'current'])
      expect(client.isEnabled('new-checkout')).toBe(true)
      expect(server.sent()).not.toContain('authorization')
    } finally {
      for (const name of names) delete polluted[name]
    }
  })

  it('proto-key: flags and attributes named like members of every object', async () => {
    const keys = ['constructor', 'toString', 'hasOwnProperty', '__proto__']
    const world = await worldWith()
    const flags = Object.create(null) as Record<string, never>
    for (const key of keys) Object.defineProperty(flags, key, { value: flagsOf('x').x, enumerable: true })
    world.wait()
    await world.release('production', { flags })
    const { client } = clientOf(world, { source: world.source, context: { constructor: 'a' } })
    await client.ready()
    for (const key of keys) expect(client.isEnabled(key, { toString: 'b' }), key).toBe(true)
    expect(client.isEnabled('valueOf')).toBe(false)
    expect(client.explain('valueOf').code).toBe('flag_not_found')
  })

  it.each([
    ['missing', undefined, 'part_missing'],
    ['of another release', utf8('{"flags":{},"segments":{}}'), 'part_size'],
  ])('partial-parts: a part is %s', async (_, bytes, code) => {
    const world = await worldWith()
    const { client } = clientOf(world, { source: world.source, mode: 'poll', pollInterval: 1_000 })
    await client.ready()
    world.wait()
    const before = new Set(world.store.keys())
    await world.release('production', { flags: flagsOf('other') })
    const index = JSON.parse(fromUtf8(world.realm().index)!) as { parts: [string, number][] }
    const part = `production/parts/${index.parts[0]![0]}.json`
    expect(before.has(part)).toBe(false)
    const right = world.store.get(part)!
    if (bytes === undefined) world.store.delete(part)
    else world.store.set(part, bytes)
    await until(() => client.provenance().status === 'stale')
    expect(client.provenance().code).toBe(code)
    expect(client.isEnabled('new-checkout')).toBe(true)
    expect(client.isEnabled('other')).toBe(false)
    world.store.set(part, right)
    await until(() => client.provenance().status === 'current')
    expect(client.isEnabled('other')).toBe(true)
  })

  it('edge-environment: staging is served where production belongs', async () => {
    const world = await worldWith()
    await world.release('staging')
    world.store.set(HEAD, world.store.get('staging/head.json')!)
    const { client } = clientOf(world, { source: world.source })
    expect(await client.ready()).toMatchObject({ ok: false, status: 'unverified', code: 'wrong_environment' })
    const other = clientOf(world, { source: world.source, project: 'bank' })
    expect(await other.client.ready()).toMatchObject({ ok: false, code: 'wrong_project' })
  })

  it('rollback: an older head after a newer one, and after a start from the cache', async () => {
    const world = await worldWith()
    const back = world.snapshot()
    world.wait()
    await world.stop()
    const folder = await temporary()
    const { client } = clientOf(world, { source: world.source, cache: folderCache(folder) })
    await client.ready()
    back()
    expect(await client.refresh()).toMatchObject({ ok: true, status: 'stale', code: 'rollback' })
    expect(client.isEnabled('new-checkout')).toBe(false)
    await client.close()
    const next = clientOf(world, { source: world.source, cache: folderCache(folder) })
    await next.client.ready()
    await until(() => next.client.provenance().source === 'cache')
    expect(next.client.provenance()).toMatchObject({
      source: 'cache',
      inForce: { stops: [{ flags: ['new-checkout'] }] },
    })
    await next.client.refresh()
    expect(next.client.provenance()).toMatchObject({ status: 'stale', code: 'rollback' })
  })

  it('ok-cold-stale: only an expired head can be had, up to maxStale', async () => {
    const world = await worldWith()
    world.wait(5 * DAY)
    const { client } = clientOf(world, { source: world.source })
    expect(await client.ready()).toMatchObject({ ok: true, status: 'stale', code: 'expired', source: 'network' })
    expect(client.isEnabled('new-checkout')).toBe(true)
    const strict = clientOf(world, { source: world.source, maxStale: 0 })
    expect(await strict.client.ready()).toMatchObject({ ok: false, status: 'unverified', code: 'expired' })
    const bundle = await world.bundle()
    world.wait(5 * DAY)
    const late = clientOf(world, { source: world.source })
    expect(await late.client.ready()).toMatchObject({ ok: false, code: 'expired' })
    // What was deployed with the application is exempt.
    const deployed = clientOf(world, { source: { get: async () => undefined }, bootstrap: bundle, maxStale: 0 })
    expect(await deployed.client.ready()).toMatchObject({ ok: true, status: 'stale', source: 'bootstrap' })
  })

  it('freeze: the running state is replaced by no expired one, newer though it is', async () => {
    const world = await worldWith()
    const { client } = clientOf(world, { source: world.source })
    await client.ready()
    await world.stop()
    world.wait(2 * DAY)
    expect(await client.refresh()).toMatchObject({ ok: true, status: 'stale', code: 'expired' })
    expect(client.isEnabled('new-checkout')).toBe(true)
  })

  it('root-orphan: the newest root does not stand behind the release in force', async () => {
    const world = await worldWith()
    const { client } = clientOf(world, { source: world.source })
    await client.ready()
    world.wait()
    await world.nextRoot(one => withEnvironment(one, 'production', () => ({ author: ['carol'] })))
    world.commit()
    await world.head()
    for (let i = 0; i < 3; i++) {
      expect((await client.refresh()).status).toBe('stale')
      expect(client.isEnabled('new-checkout')).toBe(true)
    }
    expect(client.provenance().code).toBe('release_unsupported')
  })

  it('root-hidden: a root that was seen counts on, also where its first head was refused', async () => {
    const world = await worldWith()
    const { client } = clientOf(world, { source: world.source })
    await client.ready()
    world.wait()
    const before = world.snapshot()
    await world.nextRoot(one => withEnvironment(one, 'production', () => ({ author: ['carol'] })))
    world.commit()
    await world.head()
    expect((await client.refresh()).code).toBe('release_unsupported')
    before()
    world.roots.pop()
    world.wait()
    await world.release('production', { flags: {} })
    expect(await client.refresh()).toMatchObject({ status: 'stale', code: 'unknown_author' })
    expect(client.isEnabled('new-checkout')).toBe(true)
  })

  it('many stops: taken over, and told', async () => {
    const world = await worldWith()
    const warned: unknown[] = []
    const { client } = clientOf(world, { source: world.source, logger: { warn: (_, details) => warned.push(details) } })
    await client.ready()
    for (const letter of ['a', 'b']) {
      world.wait()
      const flags = Array.from({ length: 250 }, (_, i) => `${letter}-${String(i).padStart(4, '0')}-${'x'.repeat(90)}`)
      await world.stop('production', { payload: one => ({ ...one, flags }) })
    }
    const result = await client.refresh()
    expect(result).toMatchObject({ ok: true, status: 'current', problems: [{ code: 'many_stops' }] })
    expect(warned).toMatchObject([{ code: 'many_stops' }])
    expect(client.provenance().inForce!.notices).toMatchObject([{ code: 'many_stops' }])
  })

  it('epoch heal: a raised epoch is followed, and told', async () => {
    const world = await worldWith()
    const warned: unknown[] = []
    const { client } = clientOf(world, { source: world.source, logger: { warn: (_, details) => warned.push(details) } })
    await client.ready()
    world.wait()
    await world.raiseEpoch()
    world.commit()
    await world.head()
    const result = await client.refresh()
    expect(result).toMatchObject({ ok: true, status: 'current' })
    expect(result.problems).toMatchObject([{ code: 'log_restarted' }])
    expect(warned).toMatchObject([{ code: 'log_restarted' }])
    expect(client.provenance().inForce!.head.epoch).toBe(2)
  })
})
