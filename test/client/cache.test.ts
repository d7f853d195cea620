import { spawn } from 'node:child_process'
import { chmod, mkdir, readdir, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { openBundleFile } from '../../src/bundle/bundlefile.ts'
import { type Cache, folderCache } from '../../src/index.node.ts'
import { withEnvironment } from '../support/cast.ts'
import { bundleScript } from '../support/child.ts'
import { cleanUp, clientOf, flagsOf, serveWorld, sleep, temporary, until, worldWith } from './support.ts'

afterEach(cleanUp)

const NOTHING = { get: async () => undefined }

function memoryCache(): Cache & { saves: number; readonly held: Map<string, Uint8Array> } {
  const held = new Map<string, Uint8Array>()
  return {
    saves: 0,
    held,
    load: async key => held.get(key),
    async save(key, bytes) {
      this.saves += 1
      held.set(key, bytes)
    },
  }
}

describe('the cache', () => {
  it('starts a client without a network', async () => {
    const world = await worldWith('a', 'b')
    const cache = memoryCache()
    const first = clientOf(world, { source: world.source, cache })
    await first.client.ready()
    await first.client.close()
    expect([...cache.held.keys()]).toEqual(['shop.production.ndjson'])
    const { client } = clientOf(world, { source: NOTHING, cache })
    expect(await client.ready()).toMatchObject({ ok: true, status: 'current', source: 'cache' })
    expect(client.isEnabled('b')).toBe(true)
  })

  it('holds a root that was seen before the head that it stands behind', async () => {
    const world = await worldWith('a', 'b')
    const cache = memoryCache()
    const first = clientOf(world, { source: world.source, cache })
    await first.client.ready()
    world.wait()
    await world.nextRoot(one => withEnvironment(one, 'production', () => ({ author: ['carol'] })))
    world.commit()
    await world.head()
    expect((await first.client.refresh()).code).toBe('release_unsupported')
    world.wait()
    const payload = (one: object) => ({ ...one, author: 'carol' })
    await world.release('production', { flags: flagsOf('b'), payload, signers: ['bob', 'carol'] })
    expect(await first.client.refresh()).toMatchObject({ status: 'current' })
    await first.client.close()
    const { client } = clientOf(world, { source: NOTHING, cache })
    expect(await client.ready()).toMatchObject({ ok: true, status: 'current', source: 'cache' })
    expect(client.isEnabled('b')).toBe(true)
  })

  it('takes over the parts that did not change, checked', async () => {
    const keys = Array.from({ length: 30 }, (_, i) => `flag-${i}`)
    const world = await worldWith(...keys)
    world.wait()
    await world.release('production', { flags: flagsOf(...keys), count: 4 })
    const cache = memoryCache()
    const { client } = clientOf(world, { source: world.source, cache })
    await client.ready()
    await until(() => cache.saves === 1)
    world.wait()
    const changed = { ...flagsOf(...keys), 'flag-3': { ...flagsOf('flag-3')['flag-3']!, on: false } }
    await world.release('production', { flags: changed, count: 4 })
    world.asked.length = 0
    await client.refresh()
    await client.close()
    expect(cache.saves).toBe(2)
    expect(world.asked.filter(path => path.includes('/parts/'))).toHaveLength(1)
    await openBundleFile(cache.held.get('shop.production.ndjson')!).finish()
    const next = clientOf(world, { source: NOTHING, cache })
    await next.client.ready()
    expect([next.client.isEnabled('flag-3'), next.client.isEnabled('flag-4')]).toEqual([false, true])
  })

  it('heals where what it held was changed meanwhile', async () => {
    const keys = Array.from({ length: 30 }, (_, i) => `flag-${i}`)
    const world = await worldWith(...keys)
    world.wait()
    await world.release('production', { flags: flagsOf(...keys), count: 4 })
    const cache = memoryCache()
    const { client } = clientOf(world, { source: world.source, cache })
    await client.ready()
    await until(() => cache.saves === 1)
    const text = Buffer.from(cache.held.get('shop.production.ndjson')!).toString()
    cache.held.set('shop.production.ndjson', Buffer.from(text.replaceAll('"on":true', '"on":null')))
    world.wait()
    await world.head()
    await client.refresh()
    await client.close()
    // Closing waits two seconds for the last write, and on a busy machine that is not always enough.
    await until(() => cache.saves === 2)
    const next = clientOf(world, { source: NOTHING, cache })
    const { ok, source, problems } = await next.client.ready()
    expect([ok, source, problems.filter(one => one.source === 'cache')]).toEqual([true, 'cache', []])
  })

  it('is written once for a burst, and at the end', async () => {
    const world = await worldWith()
    const cache = memoryCache()
    const { client } = clientOf(world, { source: world.source, cache })
    await client.ready()
    for (let i = 0; i < 10; i++) {
      world.wait(1_000)
      await world.head()
      await client.refresh()
    }
    await client.close()
    expect(cache.saves).toBeLessThan(6)
    const next = clientOf(world, { source: NOTHING, cache })
    await next.client.ready()
    expect(next.client.provenance().inForce!.head.sequence).toBe(11)
  })

  it.each([
    ['rejects', async () => Promise.reject(new Error('ENOSPC'))],
    [
      'throws',
      () => {
        throw new Error('EIO')
      },
    ],
  ])('that %s harms nothing, and is told', async (_, fail) => {
    const world = await worldWith()
    const warned: string[] = []
    const { client } = clientOf(world, {
      source: world.source,
      cache: { load: fail, save: fail },
      logger: { warn: message => warned.push(message) },
    })
    expect(await client.ready()).toMatchObject({ ok: true, status: 'current', source: 'network' })
    await until(() => warned.some(one => one.includes('cannot be written')))
    const { problems } = await client.refresh()
    expect(problems).toMatchObject([{ source: 'cache', code: 'cache_failed' }])
  })

  it('that never answers holds nothing up for long', async () => {
    const world = await worldWith()
    const never = () => new Promise<never>(() => undefined)
    const { client } = clientOf(world, { source: world.source, cache: { load: never, save: never }, mode: 'poll' })
    expect(await client.ready()).toMatchObject({ ok: true, status: 'current', source: 'network' })
    await client.close()
  })

  it('that gives no bytes at all is an empty one', async () => {
    const world = await worldWith()
    const empty = { load: async () => new Uint8Array(), save: async () => undefined }
    const { client } = clientOf(world, { source: world.source, cache: empty })
    expect(await client.ready()).toMatchObject({ ok: true, problems: [] })
  })
})

describe('a folder as a cache', () => {
  it('holds one file for each environment, and no leftovers', async () => {
    const world = await worldWith()
    const folder = join(await temporary(), 'deep', 'cache')
    await mkdir(folder, { recursive: true })
    const old = join(folder, '.shop.production.ndjson.x.tmp')
    await writeFile(old, 'half')
    await utimes(old, 1, 1)
    for (let i = 0; i < 5; i++) {
      const { client } = clientOf(world, { source: world.source, cache: folderCache(folder) })
      world.wait()
      await world.head()
      await client.ready()
      await client.close()
    }
    expect(await readdir(folder)).toEqual(['shop.production.ndjson'])
    expect((await stat(join(folder, 'shop.production.ndjson'))).mode & 0o777).toBe(0o600)
  })

  it('is whole at every moment, with several writers', async () => {
    const world = await worldWith()
    const folder = await temporary()
    const bundles: Uint8Array[] = []
    for (let i = 0; i < 4; i++) {
      world.wait()
      await world.head()
      bundles.push(await world.bundle())
    }
    const caches = bundles.map(() => folderCache(folder))
    await caches[0]!.save('k', bundles[0]!)
    let done = false
    const writers = Promise.all(
      caches.map(async (cache, i) => {
        for (let n = 0; n < 15; n++) await cache.save('k', bundles[(i + n) % 4]!)
      }),
    ).then(() => {
      done = true
    })
    let reads = 0
    while (!done) {
      const bytes = await folderCache(folder).load('k')
      await openBundleFile(bytes!).finish()
      reads += 1
    }
    await writers
    expect(reads).toBeGreaterThan(0)
    expect(await readdir(folder)).toEqual(['k'])
  })

  it('is whole at every moment, with several processes, each killed in the middle', async () => {
    const world = await worldWith()
    const folder = await temporary()
    const bundle = join(folder, 'bundle')
    await writeFile(bundle, await world.bundle())
    const script = join(folder, 'writer.ts')
    await writeFile(
      script,
      `import { readFileSync } from 'node:fs'
       import { folderCache } from '${join(import.meta.dirname, '../../src/index.node.ts')}'
       const cache = folderCache('${join(folder, 'cache')}')
       const bytes = new Uint8Array(readFileSync('${bundle}'))
       for (;;) {
         await cache.save('k', bytes)
         process.stdout.write('.')
       }`,
    )
    const child = await bundleScript(script)
    const cache = folderCache(join(folder, 'cache'))
    for (let round = 0; round < 3; round++) {
      const writers = Array.from({ length: 3 }, () =>
        spawn(process.execPath, [child.path], { stdio: ['ignore', 'pipe', 'inherit'] }),
      )
      await Promise.all(writers.map(one => new Promise(resolve => one.stdout.once('data', resolve))))
      for (let n = 0; n < 50; n++) await openBundleFile((await cache.load('k'))!).finish()
      await Promise.all(
        writers.map(one => {
          const ended = new Promise(resolve => one.once('exit', resolve))
          one.kill('SIGKILL')
          return ended
        }),
      )
      await openBundleFile((await cache.load('k'))!).finish()
    }
    await child.remove()
  }, 30_000)

  it('keeps the newer state of two processes, whichever writes last, and nothing that is merely said to be newer', async () => {
    const world = await worldWith()
    const cache = memoryCache()
    const { held } = cache
    const behind = new Map(world.store)
    world.wait()
    await world.stop()
    const slow = clientOf(world, { source: { get: async path => behind.get(path) }, cache })
    await slow.client.ready()
    const fast = clientOf(world, { source: world.source, cache })
    await fast.client.ready()
    await fast.client.close()
    const newest = held.get('shop.production.ndjson')!
    await slow.client.close()
    expect(held.get('shop.production.ndjson')).toEqual(newest)

    // The same with a number that nobody signed.
    const text = new TextDecoder().decode(newest)
    const [line, ...rest] = text.split('\n')
    const header = JSON.parse(line!) as { head: { head: string } }
    const envelope = JSON.parse(header.head.head) as { payload: string }
    const payload = JSON.parse(Buffer.from(envelope.payload, 'base64url').toString()) as { sequence: number }
    payload.sequence = 9_000
    envelope.payload = Buffer.from(JSON.stringify(payload)).toString('base64url')
    header.head.head = JSON.stringify(envelope)
    held.set('shop.production.ndjson', new TextEncoder().encode([JSON.stringify(header), ...rest].join('\n')))
    const third = clientOf(world, { source: world.source, cache })
    await third.client.ready()
    await third.client.close()
    expect(held.get('shop.production.ndjson')).toEqual(newest)
  })

  it('neither reads nor writes more than its limit', async () => {
    const folder = await temporary()
    const cache = folderCache(folder, { maxBytes: 10 })
    await expect(cache.save('k', new Uint8Array(11))).rejects.toMatchObject({ code: 'too_large' })
    await writeFile(join(folder, 'k'), 'x'.repeat(11))
    expect(await cache.load('k')).toBeUndefined()
    await expect(cache.load('../k')).rejects.toMatchObject({ code: 'options' })
  })

  it('on a full disk leaves what was there', async () => {
    const world = await worldWith()
    const folder = await temporary()
    const first = clientOf(world, { source: world.source, cache: folderCache(folder) })
    await first.client.ready()
    await first.client.close()
    // A device that is always full, at the place of the temporary file.
    const full: Cache = {
      load: folderCache(folder).load,
      async save(_, bytes) {
        await writeFile('/dev/full', bytes)
      },
    }
    world.wait()
    await world.stop()
    const second = clientOf(world, { source: world.source, cache: full })
    expect(await second.client.ready()).toMatchObject({ ok: true, status: 'current' })
    await until(() => !second.client.isEnabled('new-checkout'))
    await second.client.close()
    const third = clientOf(world, { source: NOTHING, cache: folderCache(folder) })
    expect(await third.client.ready()).toMatchObject({ ok: true, source: 'cache' })
  })

  it('that cannot be made harms nothing', async () => {
    const world = await worldWith()
    const folder = await temporary()
    await writeFile(join(folder, 'file'), '')
    const { client } = clientOf(world, { source: world.source, cache: folderCache(join(folder, 'file', 'cache')) })
    expect(await client.ready()).toMatchObject({ ok: true, status: 'current' })
    await client.close()
    await chmod(folder, 0o700)
    await symlink('nowhere', join(folder, 'dangling'))
    expect(await folderCache(folder).load('dangling')).toBeUndefined()
  })
})

describe('a bootstrap', () => {
  it('is there at once, and what is newer wins', async () => {
    const world = await worldWith()
    const bootstrap = await world.bundle()
    world.wait()
    await world.stop()
    const server = await serveWorld(world)
    const { client } = clientOf(world, { url: server.url, bootstrap, mode: 'poll', pollInterval: 1_000 })
    expect(await client.ready()).toMatchObject({ ok: true })
    await until(() => client.provenance().source === 'network')
    expect(client.isEnabled('new-checkout')).toBe(false)
    expect(client.provenance().inForce!.head.sequence).toBe(2)
    await sleep(50)
    expect(client.provenance().status).toBe('current')
  })

  it('alone is enough', async () => {
    const world = await worldWith()
    const bootstrap = await world.bundle()
    const { client } = clientOf(world, { source: NOTHING, bootstrap: () => bootstrap })
    expect(await client.ready()).toMatchObject({ ok: true, status: 'current', source: 'bootstrap' })
  })
})
