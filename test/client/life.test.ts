import { spawn } from 'node:child_process'
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import { afterEach, describe, expect, it } from 'vitest'
import type { Source } from '../../src/bundle/source.ts'
import { folderSource } from '../../src/index.node.ts'
import { bundleScript } from '../support/child.ts'
import type { World } from '../support/world.ts'
import { cleanUp, clientOf, flagsOf, serveWorld, sleep, temporary, until, worldWith } from './support.ts'

afterEach(cleanUp)

const HEAD = 'production/head.json'

describe('the life of a client', () => {
  it('ends once, however often it is closed, and what was in force stays', async () => {
    const world = await worldWith()
    const { client, told } = clientOf(world, { source: world.source, mode: 'poll', pollInterval: 1_000 })
    await client.ready()
    await Promise.all([client.close(), client.close(), client[Symbol.asyncDispose]()])
    expect(told.map(one => one.status)).toEqual(['current', 'closed'])
    expect(client.isEnabled('new-checkout')).toBe(true)
    expect(await client.ready()).toMatchObject({ ok: true, status: 'closed', code: 'closed' })
    expect(await client.refresh()).toMatchObject({ ok: true, status: 'closed' })
    const asked = world.asked.length
    await sleep(200)
    expect(world.asked.length).toBe(asked)
  })

  it('may be over before it began', async () => {
    const world = await worldWith()
    const { client } = clientOf(world, { source: world.source })
    await client.close()
    expect(await client.ready()).toMatchObject({ ok: false, status: 'closed' })
    expect(world.asked).toEqual([])
    const aborted = clientOf(world, { source: world.source, signal: AbortSignal.abort() })
    expect(await aborted.client.ready()).toMatchObject({ ok: false, status: 'closed' })
  })

  it('ends with its signal', async () => {
    const world = await worldWith()
    const control = new AbortController()
    const { client } = clientOf(world, { source: world.source, signal: control.signal })
    await client.ready()
    control.abort()
    expect(client.provenance().status).toBe('closed')
  })

  it('takes nothing over that was verified while it was closed', async () => {
    const world = await worldWith()
    let go = () => {}
    const gate = new Promise<void>(resolve => {
      go = resolve
    })
    const source: Source = {
      async get(path) {
        if (path.includes('/parts/')) await gate
        return world.store.get(path)
      },
    }
    world.edit(file => ({ ...file, index: undefined }))
    const { client, told } = clientOf(world, { source })
    const ready = client.ready()
    await sleep(50)
    const closing = client.close()
    go()
    await closing
    expect(await ready).toMatchObject({ ok: false, status: 'closed' })
    expect(client.isEnabled('new-checkout')).toBe(false)
    expect(told.map(one => one.status)).toEqual(['closed'])
  })

  it.each(['change', 'status'] as const)('may be ended by a listener of %s', async name => {
    const world = await worldWith()
    const { client } = clientOf(world, { source: world.source, mode: 'stream' })
    let told = 0
    client.on(name, () => {
      told += 1
      void client.close()
      void client.refresh()
    })
    await client.ready()
    await client.close()
    expect(client.provenance().status).toBe('closed')
    expect(told).toBeLessThan(3)
  })

  it('is not harmed by listeners, observers, counters, loggers and tokens that throw', async () => {
    const world = await worldWith()
    const server = await serveWorld(world)
    const fail = () => {
      throw new Error('mine')
    }
    let tokens = 0
    const { client } = clientOf(world, {
      url: server.url,
      mode: 'poll',
      pollInterval: 1_000,
      observe: fail,
      counters: { report: fail, every: 1_000 },
      logger: { warn: fail },
      token() {
        tokens += 1
        if (tokens < 3) throw new Error('no token yet')
        return 'tok'
      },
    })
    client.on('change', fail)
    client.on('status', fail)
    client.on('change', async () => fail())
    await client.ready()
    await until(() => client.provenance().status === 'current')
    expect(client.isEnabled('new-checkout')).toBe(true)
    expect(server.asked.every(one => one.headers.authorization === 'Bearer tok')).toBe(true)
    await sleep(100)
  })

  it('does not keep the process alive, in whatever mode', async () => {
    const world = await worldWith()
    const server = await serveWorld(world)
    const folder = await temporary()
    const script = join(folder, 'app.ts')
    await writeFile(
      script,
      `import { createClient } from '${join(import.meta.dirname, '../../src/index.node.ts')}'
       const options = { url: '${server.url}', project: 'shop', environment: 'production', root: ${JSON.stringify(Buffer.from(world.roots[0]!.bytes).toString())},
         clock: { now: () => ${world.now}, elapsed: () => performance.now(), after(ms, run, hold) { const t = setTimeout(run, ms); if (!hold) t.unref(); return () => clearTimeout(t) } } }
       const unused = createClient({ ...options, mode: 'stream' })
       for (const mode of ['stream', 'poll', 'manual']) {
         const flags = createClient({ ...options, mode })
         const { ok } = await flags.ready()
         console.log(mode, ok, flags.isEnabled('new-checkout'))
       }
       const lost = createClient({ ...options, url: 'http://127.0.0.1:1', mode: 'stream' })
       console.log('lost', (await lost.ready({ timeout: 300 })).ok)
       await new Promise(resolve => setTimeout(resolve, 300))
       console.log('end of the work')`,
    )
    const child = await bundleScript(script)
    const run = spawn(process.execPath, [child.path], { stdio: ['ignore', 'pipe', 'inherit'] })
    let out = ''
    run.stdout.on('data', chunk => {
      out += chunk
    })
    const code = await new Promise(resolve => run.on('exit', resolve))
    await child.remove()
    expect(code).toBe(0)
    expect(out.trim().split('\n')).toEqual([
      'stream true true',
      'poll true true',
      'manual true true',
      'lost false',
      'end of the work',
    ])
    // It really was streaming.
    expect(server.paths().filter(path => path.endsWith('/stream')).length).toBeGreaterThan(0)
  })

  it('waits no longer than asked, and late success still counts', async () => {
    const world = await worldWith()
    let up = false
    const { client } = clientOf(world, {
      source: { get: async path => (up ? world.store.get(path) : undefined) },
      mode: 'poll',
      pollInterval: 1_000,
    })
    expect(await client.ready({ timeout: 20 })).toMatchObject({ ok: false, status: 'starting', code: 'no_release' })
    const control = new AbortController()
    const waiting = client.ready({ signal: control.signal })
    control.abort()
    expect((await waiting).ok).toBe(false)
    expect((await client.ready({ signal: AbortSignal.abort() })).ok).toBe(false)
    up = true
    expect(await client.ready()).toMatchObject({ ok: true, status: 'current' })
  })

  it('tells that the source has been silent for too long, and that it is back', async () => {
    const world = await worldWith()
    let up = true
    const { client, told } = clientOf(world, {
      source: {
        async get(path) {
          if (!up) throw new Error('down')
          return world.store.get(path)
        },
      },
      mode: 'poll',
      pollInterval: 1_000,
      staleAfter: 5_000,
    })
    await client.ready()
    up = false
    await until(() => client.provenance().status === 'stale')
    expect(client.provenance().code).toBe('no_contact')
    expect(client.isEnabled('new-checkout')).toBe(true)
    up = true
    await until(() => client.provenance().status === 'current')
    expect(told.map(one => one.status)).toEqual(['current', 'stale', 'current'])
  })

  it('is one of several in a process, each with its own state', async () => {
    const world = await worldWith('a')
    await world.release('staging', { flags: flagsOf('b') })
    const production = clientOf(world, { source: world.source })
    const staging = clientOf(world, { source: world.source, environment: 'staging' })
    await Promise.all([production.client.ready(), staging.client.ready()])
    expect([production.client.isEnabled('a'), production.client.isEnabled('b')]).toEqual([true, false])
    expect([staging.client.isEnabled('a'), staging.client.isEnabled('b')]).toEqual([false, true])
    expect(staging.client.provenance().inForce).toMatchObject({ unreviewed: true, release: { signers: ['alice'] } })
  })

  it('pins a view for a request', async () => {
    const world = await worldWith()
    const { client } = clientOf(world, { source: world.source })
    await client.ready()
    const view = client.for({ userId: 'u-1' })
    world.wait()
    await world.stop()
    await client.refresh()
    expect([view.isEnabled('new-checkout'), client.isEnabled('new-checkout')]).toEqual([true, false])
    expect(view.release).toMatchObject({ version: 1 })
  })

  it('observes, counts, and gives the unit only when asked', async () => {
    const world = await worldWith()
    const seen: unknown[] = []
    const counted: unknown[] = []
    const { client } = clientOf(world, {
      source: world.source,
      observe: observation => seen.push(observation),
      counters: { report: counts => counted.push(...counts.rows) },
    })
    await client.ready()
    client.isEnabled('new-checkout', { userId: 'u-1' })
    client.explain('new-checkout', { userId: 'u-1' })
    const release = client.explain('new-checkout').release
    expect(seen).toEqual([
      {
        flag: 'new-checkout',
        value: true,
        variant: 'on',
        reason: 'STATIC',
        code: undefined,
        rule: undefined,
        experiment: undefined,
        release,
        unit: undefined,
      },
    ])
    const asked: unknown[] = []
    const units = clientOf(world, {
      source: world.source,
      context: { userId: 'u-0' },
      observe: ({ unit }) => asked.push(unit),
      observeUnit: 'userId',
    })
    await units.client.ready()
    units.client.isEnabled('new-checkout')
    units.client.isEnabled('new-checkout', { userId: 'u-1' })
    units.client.value('new-checkout', Object.create({ userId: 'inherited' }), false)
    expect(asked).toEqual(['u-0', 'u-1', 'u-0'])
    await client.close()
    expect(counted).toEqual([{ flag: 'new-checkout', variant: 'on', release: 1, count: 1 }])
  })
})

describe('a folder as a source', () => {
  const write = async (folder: string, world: World): Promise<void> => {
    for (const [path, bytes] of [...world.store].toSorted(([a]) => (a.endsWith('head.json') ? 1 : -1))) {
      const file = join(folder, 'v1', 'shop', path)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(`${file}.new`, bytes)
      await rename(`${file}.new`, file)
    }
  }

  it('is watched', async () => {
    const world = await worldWith()
    const folder = await temporary()
    await write(folder, world)
    const source = folderSource(folder, 'shop')
    const { client } = clientOf(world, { source, mode: 'stream', pollInterval: 3_600_000 })
    expect(await client.ready()).toMatchObject({ ok: true, status: 'current' })
    await sleep(50)
    world.wait()
    await world.stop()
    await write(folder, world)
    await until(() => !client.isEnabled('new-checkout'))
    await rm(folder, { recursive: true })
    expect(await client.refresh()).toMatchObject({ ok: true, status: 'current' })
  })

  it('gives nothing from outside of it', async () => {
    const world = await worldWith()
    const folder = await temporary()
    await write(folder, world)
    await writeFile(join(folder, 'secret'), 'x')
    await symlink(join(folder, 'secret'), join(folder, 'v1/shop/production/linked.json'))
    const source = folderSource(folder, 'shop')
    const ask = (path: string) => source.get(path, { maxBytes: 1_000_000 })
    expect(await ask(HEAD)).toBeDefined()
    for (const path of [
      '../../secret',
      '/etc/passwd',
      'production/../../../secret',
      'production/linked.json',
      'production',
      '.x',
      '',
    ]) {
      expect(await ask(path), path).toBeUndefined()
    }
    await expect(source.get(HEAD, { maxBytes: 10 })).rejects.toMatchObject({ code: 'too_large' })
  })
})

describe('the entry for the web', () => {
  it('imports nothing of Node, and does nothing', async () => {
    const { outputFiles, metafile } = await build({
      entryPoints: [join(import.meta.dirname, '../../src/index.ts')],
      bundle: true,
      write: false,
      metafile: true,
      platform: 'browser',
      format: 'esm',
      target: 'es2022',
      logLevel: 'error',
    })
    expect(Object.keys(metafile.inputs).filter(name => name.includes('/node/') || name.includes('re2'))).toEqual([])
    expect(outputFiles[0]!.text).not.toMatch(/from\s*["']node:|require\(["']/)
  })
})
