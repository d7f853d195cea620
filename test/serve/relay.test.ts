import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { createRelay, type Relay, type RelayOptions } from '../../src/adapters/serve/relay/relay.ts'
import { openBundleFile } from '../../src/bundle/bundlefile.ts'
import { openState } from '../../src/bundle/open.ts'
import type { Source } from '../../src/bundle/source.ts'
import { type Clock, systemClock } from '../../src/client/clock.ts'
import { auditLog } from '../../src/publisher/audit/verify.ts'
import { printPolicy } from '../../src/publisher/policy/files.ts'
import type { Policy } from '../../src/publisher/policy/types.ts'
import { storeSource } from '../../src/publisher/publish/sources.ts'
import { submitRelease, submitStop } from '../../src/publisher/publish/submit.ts'
import { folderStore } from '../../src/publisher/stores/folder.ts'
import { memoryStore } from '../../src/publisher/stores/memory.ts'
import type { Store } from '../../src/publisher/stores/store.ts'
import { flag, openShop, rulesOf } from '../publisher/support/shop.ts'
import { createWorld, type World } from '../support/world.ts'
import { until } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'ensign-relay-'))
const relays: Relay[] = []
afterEach(() => {
  for (const relay of relays.splice(0)) relay.close()
})
afterAll(() => rmSync(folder, { recursive: true }))

interface Upstream extends Source {
  push(): void
  away: boolean
}

/** The store of a world as an upstream that pushes, and that can be away. */
function upstreamOf(world: World): Upstream {
  const listeners = new Set<(head: Uint8Array) => void>()
  const upstream: Upstream = {
    away: false,
    async get(path, options) {
      if (upstream.away) throw new Error('no route')
      return world.source.get(path, options)
    },
    watch(_, onHead) {
      listeners.add(onHead)
      return () => listeners.delete(onHead)
    },
    push() {
      for (const onHead of listeners) onHead(world.store.get('production/head.json')!)
    },
  }
  return upstream
}

async function relayOf(world: World, options: Partial<RelayOptions> = {}) {
  const upstream = upstreamOf(world)
  const codes: string[] = []
  const clock: Clock = {
    now: () => world.now,
    elapsed: () => performance.now(),
    after(ms, run) {
      const timer = setTimeout(run, ms)
      return () => clearTimeout(timer)
    },
  }
  const relay = createRelay({
    upstream,
    project: 'shop',
    environment: 'production',
    root: world.roots[0]!.bytes,
    copy: memoryStore(),
    pollMs: 60_000,
    clock,
    onUpdate: code => codes.push(code),
    ...options,
  })
  relays.push(relay)
  await relay.start()
  return { relay, upstream, codes }
}

const get = async (relay: Relay, path: string) => (await relay.files.get(`v1/shop/${path}`))?.bytes
const sequence = (relay: Relay) => relay.state()?.head.sequence

/** What a client of the relay takes, from nothing. */
async function openFrom(relay: Relay, world: World) {
  const source: Source = { get: path => get(relay, path) }
  return openState({ source, project: 'shop', environment: 'production', root: world.roots[0]!.bytes, now: world.now })
}

describe('a relay', () => {
  it('serves what it verified: roots, head, parts, a bundle of its own, and the log', async () => {
    const world = await createWorld()
    await world.release()
    await world.stop()
    const { relay } = await relayOf(world)
    expect(relay.ready()).toBe(true)
    expect((await openFrom(relay, world)).stops).toHaveLength(1)
    expect(await get(relay, 'production/head.json')).toEqual(world.store.get('production/head.json'))
    const bundle = openBundleFile((await get(relay, 'production/bundle.ndjson'))!)
    const options = { project: 'shop', environment: 'production', root: world.roots[0]!.bytes, now: world.now }
    expect((await openState({ source: bundle, ...options })).head.sequence).toBe(2)
    await bundle.finish()
    for (const [path, bytes] of world.store) {
      if (path.includes('/log/') && path.includes('.p/2')) expect(await get(relay, path), path).toEqual(bytes)
    }
    expect(await get(relay, 'production/log/1/checkpoint')).toBeUndefined()
  })

  it('passes a pushed head on at once', async () => {
    const world = await createWorld()
    await world.release()
    const { relay, upstream } = await relayOf(world)
    let told = 0
    relay.files.watch!('v1/shop/production/head.json', () => told++)
    await world.stop()
    upstream.push()
    await until(() => told === 1)
    expect(sequence(relay)).toBe(2)
    // Nothing new: nobody is told.
    upstream.push()
    await until(() => relay.state()!.head.sequence === 2)
    expect(told).toBe(1)
  })

  it('has no file that no verified state names', async () => {
    const world = await createWorld()
    await world.release()
    const digest = 'f'.repeat(64)
    world.put(`production/parts/${digest}.json`, new TextEncoder().encode('malware'))
    world.put(`production/manifests/${digest}.json`, new TextEncoder().encode('malware'))
    world.put('production/log/1/state.json', new TextEncoder().encode('{}'))
    const { relay } = await relayOf(world)
    for (const path of [`parts/${digest}.json`, `manifests/${digest}.json`, 'log/1/state.json', '../head.json']) {
      expect(await get(relay, `production/${path}`), path).toBeUndefined()
    }
    expect(await relay.files.get('v1/bank/production/head.json')).toBeUndefined()
    expect(await get(relay, 'staging/head.json')).toBeUndefined()
  })

  it('keeps what it has when the upstream goes back, lies or forks, and says why', async () => {
    const world = await createWorld()
    await world.release()
    const first = new Map(world.store)
    await world.stop()
    const { relay, upstream, codes } = await relayOf(world)
    const good = await get(relay, 'production/head.json')
    const serve = async (store: ReadonlyMap<string, Uint8Array>) => {
      world.store.clear()
      for (const [path, bytes] of store) world.store.set(path, bytes)
      const before = codes.length
      upstream.push()
      await until(() => codes.length > before)
      expect(await get(relay, 'production/head.json')).toEqual(good)
      return codes.at(-1)
    }
    const whole = new Map(world.store)
    expect(await serve(first)).toBe('rollback')
    const forged = new Map(whole)
    forged.set('production/head.json', new TextEncoder().encode('{"head":"x"}'))
    expect(await serve(forged)).toBe('schema')
  })

  it('is not drawn into a fork of its log', async () => {
    const world = await createWorld()
    await world.release()
    const { relay, upstream, codes } = await relayOf(world)
    const good = await get(relay, 'production/head.json')
    // The same keys, another history of the same length and beyond.
    const other = await createWorld({ cast: world.cast })
    expect(other.roots[0]!.digest).toBe(world.roots[0]!.digest)
    await other.release('production', { flags: {} })
    await other.stop()
    for (const [path, bytes] of other.store) world.store.set(path, bytes)
    const before = codes.length
    upstream.push()
    await until(() => codes.length > before)
    expect(['log_rewritten', 'release_fork', 'split_view']).toContain(codes.at(-1))
    expect(await get(relay, 'production/head.json')).toEqual(good)
  })

  it('serves nothing at all while it could verify nothing', async () => {
    const world = await createWorld()
    await world.release('production', { signers: ['alice'] })
    const { relay, codes } = await relayOf(world)
    expect(relay.ready()).toBe(false)
    expect(codes).toEqual(['threshold'])
    for (const path of world.store.keys()) expect(await get(relay, path), path).toBeUndefined()
  })

  it('starts from its copy while the upstream is away, and goes on when it is back', async () => {
    const world = await createWorld()
    await world.release()
    const copy = folderStore(join(folder, 'copy'))
    const first = await relayOf(world, { copy })
    await until(() => first.codes.length > 0)
    first.relay.close()

    const upstream = upstreamOf(world)
    upstream.away = true
    const { relay, codes } = await relayOf(world, { copy, upstream, pollMs: 20 })
    expect(relay.ready()).toBe(true)
    expect(sequence(relay)).toBe(1)
    expect((await openFrom(relay, world)).head.sequence).toBe(1)
    expect(codes).toEqual(['unavailable'])
    await world.stop()
    upstream.away = false
    await until(() => sequence(relay) === 2)
  })

  it('goes back by no restart: its copy is its memory', async () => {
    const world = await createWorld()
    await world.release()
    const old = new Map(world.store)
    await world.stop()
    const copy = memoryStore()
    const first = await relayOf(world, { copy })
    first.relay.close()
    world.store.clear()
    for (const [path, bytes] of old) world.store.set(path, bytes)
    const { relay, codes } = await relayOf(world, { copy })
    expect(sequence(relay)).toBe(2)
    expect(codes).toEqual(['rollback'])
  })

  it('believes its own disk no more than its upstream', async () => {
    const world = await createWorld()
    await world.release()
    const path = join(folder, 'edited')
    const first = await relayOf(world, { copy: folderStore(path) })
    first.relay.close()
    writeFileSync(join(path, 'v1/shop/production/head.json'), '{"head":"edited"}')
    const upstream = upstreamOf(world)
    upstream.away = true
    const { relay } = await relayOf(world, { copy: folderStore(path), upstream, pollMs: 20 })
    expect(relay.ready()).toBe(false)
    upstream.away = false
    await until(() => relay.ready())
  })

  it('serves on from memory when its disk is full', async () => {
    const world = await createWorld()
    await world.release()
    const errors: string[] = []
    const full: Store = {
      get: async () => undefined,
      put: () => Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' })),
    }
    const { relay } = await relayOf(world, { copy: full, onError: what => errors.push(what) })
    expect((await openFrom(relay, world)).head.sequence).toBe(1)
    expect(errors).toEqual(['keeping the copy'])
  })

  it('follows a root, and a log that begins again', async () => {
    const world = await createWorld()
    await world.release()
    await world.stop()
    const { relay, upstream } = await relayOf(world)
    await world.raiseEpoch()
    world.commit()
    await world.head()
    upstream.push()
    await until(() => relay.state()!.head.epoch === 2)
    await world.stop('production', { flags: ['other'] })
    upstream.push()
    await until(() => relay.state()!.head.log.size === 4)
    expect(await get(relay, 'roots/2.json')).toEqual(world.store.get('roots/2.json'))
    expect(await get(relay, 'production/log/2/tile/0/000.p/4')).toBeDefined()
    expect((await openFrom(relay, world)).head.epoch).toBe(2)
  })

  it('has the earlier roots too when it was pinned to a later one', async () => {
    const world = await createWorld()
    await world.nextRoot()
    await world.nextRoot()
    await world.release()
    const { version } = world.root().payload
    const { relay } = await relayOf(world, { root: { version, digest: world.root().digest } })
    expect((await openFrom(relay, world)).root.payload.version).toBe(3)
    expect(await get(relay, 'production/bundle.ndjson')).toBeDefined()
    const swapped = await createWorld()
    await swapped.nextRoot()
    await swapped.release()
    swapped.put('roots/1.json', world.store.get('roots/2.json')!)
    const { relay: careful } = await relayOf(swapped, { root: { version: 2, digest: swapped.root().digest } })
    expect(careful.ready()).toBe(true)
    expect(await get(careful, 'roots/1.json')).toBeUndefined()
  })

  it('chains', async () => {
    const world = await createWorld()
    await world.release()
    const { relay: near, upstream } = await relayOf(world)
    const source: Source = {
      get: path => get(near, path),
      watch: (_, onHead) =>
        near.files.watch!('v1/shop/production/head.json', async () =>
          onHead((await get(near, 'production/head.json'))!),
        ),
    }
    const { relay: far } = await relayOf(world, { upstream: source })
    await world.stop()
    upstream.push()
    await until(() => sequence(far) === 2)
    expect((await openFrom(far, world)).stops).toHaveLength(1)
  })

  it('has the past for auditors, each file held against what the log names', async () => {
    const world = await createWorld()
    await world.release()
    await world.release('production', { flags: {} })
    await world.stop()
    await world.event()
    const [forged] = [...world.store.keys()].filter(path => path.includes('/stops/1-'))
    const genuine = world.store.get(forged!)!
    world.put(forged!, new TextEncoder().encode('{"payload":"","signatures":[]}'))
    const errors: string[] = []
    const onError = (_: string, error: unknown) => errors.push((error as { code: string }).code)
    const later = { ms: 0 }
    const clock = { ...systemClock, now: () => world.now, elapsed: () => performance.now() + later.ms }
    const { relay, upstream } = await relayOf(world, { onError, clock })
    const past = [...world.store.keys()].filter(path => /\/(releases|parts|events)\//.test(path))
    expect(past.length).toBeGreaterThan(4)
    for (const path of past) {
      let bytes: Uint8Array | undefined
      for (let n = 0; bytes === undefined && n < 500; n++) {
        await new Promise(resolve => setTimeout(resolve, 5))
        bytes = await get(relay, path)
      }
      expect(bytes, path).toEqual(world.store.get(path))
    }
    expect(await get(relay, forged!)).toBeUndefined()
    expect(errors).toContain('not_logged')
    // It is asked for again after a minute, and taken once it is right.
    later.ms = 61_000
    world.put(forged!, genuine)
    upstream.push()
    let bytes: Uint8Array | undefined
    for (let n = 0; bytes === undefined && n < 500; n++) {
      await new Promise(resolve => setTimeout(resolve, 5))
      bytes = await get(relay, forged!)
    }
    expect(bytes).toEqual(genuine)
  })

  it('keeps a log in which somebody with the publish key wrote what is no entry', async () => {
    const world = await createWorld()
    await world.release()
    for (const entry of [null, 7, { type: 'event', digest: '../x' }]) world.log('production', entry as never)
    world.commit()
    await world.head()
    const errors: unknown[] = []
    const { relay } = await relayOf(world, { onError: (what, error) => errors.push([what, String(error)]) })
    const path = 'production/log/1/tile/entries/000.p/5'
    expect(await get(relay, path)).toEqual(world.store.get(path))
    expect(errors).toEqual([])
  })

  it('has the policies of its roots, so that an audit of the relay alone finds what one of the origin finds', async () => {
    const all = { environments: null, risk: null }
    const people = ['alice', 'bob', 'carol', 'dave']
    const policy: Policy = {
      roles: [],
      grants: people.map(person => ({ person, role: 'owner', environments: null, until: null })),
      approvals: [],
      tickets: [{ ...all, pattern: 'PAY-[0-9]+' }],
      windows: [],
      freezes: [],
      order: [],
      steps: [],
      tests: [],
      ratifyHours: 24,
    }
    const { bytes, digest } = printPolicy(policy)
    const shop = await openShop({ root: root => ({ ...root, policy: digest }) })
    await shop.store.put(`v1/shop/policies/${digest}.json`, bytes, { ifNoneMatch: true })
    const artifacts = { ticket: 'PAY-1' }
    await submitRelease(shop.publisher(), await shop.propose(rulesOf({ checkout: flag(true) }), { artifacts }))
    await submitStop(shop.publisher(), await shop.stop(['checkout']))
    const relay = createRelay({
      upstream: storeSource(shop.store, 'shop'),
      project: 'shop',
      environment: 'production',
      root: shop.root,
      copy: memoryStore(),
      clock: { ...systemClock, now: shop.now },
    })
    relays.push(relay)
    await relay.start()
    const source: Source = { get: path => get(relay, path) }
    const { head } = relay.state()!
    const audit = () => auditLog({ source, project: 'shop', pin: shop.root, head }, shop.now())
    let report = await audit()
    // The past is copied beside what is in force.
    for (let n = 0; report.findings.length > 0 && n < 200; n++) {
      await new Promise(resolve => setTimeout(resolve, 10))
      report = await audit()
    }
    expect(report).toMatchObject({ releases: 1, stops: 1, findings: [] })
    expect(await get(relay, `policies/${digest}.json`)).toEqual(bytes)
    expect(await get(relay, `policies/${'0'.repeat(64)}.json`)).toBeUndefined()
  })

  it('copies a log of many tiles, made anew from its entries', async () => {
    const world = await createWorld()
    await world.release('production', { head: false })
    for (let n = 0; n < 300; n++) world.log('production', world.state('production'))
    await world.head()
    const { relay } = await relayOf(world)
    for (const path of [
      'tile/0/000',
      'tile/0/001.p/45',
      'tile/1/000.p/1',
      'tile/entries/000',
      'tile/entries/001.p/45',
    ]) {
      expect(await get(relay, `production/log/1/${path}`), path).toEqual(world.store.get(`production/log/1/${path}`))
    }
  })
})
