import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Source } from '../../src/bundle/source.ts'
import { createClientOn } from '../../src/client/client.ts'
import { systemClock } from '../../src/client/clock.ts'
import { webPlatform } from '../../src/client/runtime.ts'
import type { ClientOptions } from '../../src/index.node.ts'
import { bundleScript } from '../support/child.ts'
import { cleanUp, clientOf, flagsOf, sleep, temporary, testClock, worldWith } from './support.ts'

const lost: unknown[] = []
const onLost = (error: unknown) => void lost.push(error)
beforeEach(() => {
  lost.length = 0
  process.on('unhandledRejection', onLost).on('uncaughtException', onLost)
})
afterEach(async () => {
  await cleanUp()
  process.off('unhandledRejection', onLost).off('uncaughtException', onLost)
})

const fail = () => {
  throw new Error('mine')
}
const reject = async () => fail()

describe('what an application gives', () => {
  it.each<[string, Partial<ClientOptions>]>([
    ['an observer', { observe: reject }],
    ['counters', { counters: { report: reject } }],
    ['a logger, and a cache', { logger: { warn: reject }, cache: { load: fail, save: reject } }],
  ])('%s that rejects harms nothing', async (_, options) => {
    const world = await worldWith()
    const { client } = clientOf(world, { source: world.source, ...options })
    await client.ready()
    expect(client.isEnabled('new-checkout')).toBe(true)
    await client.close()
    await sleep(20)
    expect(lost).toEqual([])
  })

  it.each<[string, () => unknown]>([
    ['gives nothing to end it with', () => undefined],
    ['gives what throws', () => fail],
    ['gives what rejects', () => reject],
    ['rejects', reject],
    ['throws', fail],
  ])('a watch that %s harms nothing, whatever ends the client', async (_, watch) => {
    const world = await worldWith()
    const control = new AbortController()
    const source = { get: world.source.get, watch } as unknown as Source
    const { client } = clientOf(world, { source, mode: 'stream', signal: control.signal })
    await client.ready()
    control.abort()
    await client.close()
    await sleep(20)
    expect(client.provenance().status).toBe('closed')
    expect(lost).toEqual([])
  })

  it('is a source of which one file never comes: the next update does without', async () => {
    const world = await worldWith()
    let asked = 0
    const { client, clock } = clientOf(world, {
      source: {
        get: path => (asked++ === 0 ? new Promise(() => {}) : world.source.get(path, { maxBytes: 1e9 })),
      },
      mode: 'poll',
      pollInterval: 1_000,
      requestTimeout: 1_000,
    })
    const began = clock.elapsed()
    expect(await client.ready({ timeout: 20_000 })).toMatchObject({ ok: true, status: 'current' })
    // It waited for as long as the largest root takes.
    expect(clock.elapsed() - began).toBeGreaterThan(1_000)
  })

  it('is a fetch that gives nonsense: nothing gathers behind it', async () => {
    const world = await worldWith()
    const warned: string[] = []
    const onWarning = (warning: Error) => void warned.push(warning.name)
    process.on('warning', onWarning)
    const answers = [undefined, 42, {}, { status: 200 }, { status: 200, headers: new Headers(), body: 'text' }]
    let asked = 0
    const { client } = clientOf(world, {
      url: 'http://127.0.0.1:9',
      fetch: async () => answers[asked++ % answers.length] as never,
    })
    for (let n = 0; n < 12 * answers.length; n++) await client.refresh()
    expect(asked).toBeGreaterThanOrEqual(12 * answers.length)
    expect(client.provenance()).toMatchObject({ inForce: null, source: 'none' })
    await client.close()
    await sleep(20)
    process.off('warning', onWarning)
    expect([warned, lost]).toEqual([[], []])
  })

  it('is null where options belong', async () => {
    const world = await worldWith()
    const { client } = clientOf(world, { source: world.source })
    expect((await client.ready(null as never)).ok).toBe(true)
    expect((await client.refresh(null as never)).ok).toBe(true)
  })

  it('is a regex engine that cannot be loaded: the flags that need it are in error, and no others', async () => {
    const world = await worldWith()
    const matching = {
      ...flagsOf('matching').matching,
      rules: [{ id: 'r', when: { attr: 'email', matches: 'x$' }, then: { serve: 0 } }],
      otherwise: { serve: 1 },
    }
    await world.release('production', { flags: { ...flagsOf('plain'), matching } })
    const told: string[] = []
    const client = createClientOn(
      { ...webPlatform, loadRegex: reject },
      {
        project: world.project,
        environment: 'production',
        root: world.roots[0]!.bytes,
        source: world.source,
        mode: 'manual',
        clock: testClock(world),
        logger: { warn: message => void told.push(message) },
      },
    )
    const { ok } = await client.ready()
    expect([ok, client.isEnabled('plain')]).toEqual([true, true])
    expect(client.explain('matching', { email: 'x' })).toMatchObject({ reason: 'ERROR', code: 'regex_missing' })
    expect(told).toEqual(['the engine for regular expressions cannot be loaded'])
    await client.close()
  })
})

describe('the clock of the machine', () => {
  afterEach(() => void vi.useRealTimers())

  it('waits longer than one timer can, and is cancelled in any piece of it', () => {
    vi.useFakeTimers()
    const month = 31 * 24 * 3600_000
    let ran = 0
    systemClock.after(month, () => ran++)
    const cancel = systemClock.after(3 * month, () => ran++)
    vi.advanceTimersByTime(month - 1)
    expect(ran).toBe(0)
    vi.advanceTimersByTime(1)
    expect(ran).toBe(1)
    cancel()
    vi.advanceTimersByTime(3 * month)
    expect(ran).toBe(1)
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('importing the package', () => {
  it('asks for nothing: no timer, no clock, no chance, no network, no global that loads something', async () => {
    const folder = await temporary()
    const script = join(folder, 'app.ts')
    await writeFile(
      script,
      `const touched: string[] = []
       const own = (place: object, name: string) => {
         const row = Object.getOwnPropertyDescriptor(place, name)!
         Object.defineProperty(place, name, { configurable: true, get() { touched.push(name); return row.get ? row.get.call(place) : row.value } })
       }
       for (const name of ['fetch', 'Request', 'Response', 'Headers', 'setTimeout', 'setInterval', 'setImmediate', 'crypto'])
         if (name in globalThis) own(globalThis, name)
       own(Date, 'now'); own(Math, 'random'); own(performance.constructor.prototype, 'now')
       own(process, 'env')
       const before = Object.keys(globalThis).length
       const { createClient } = await import('${join(import.meta.dirname, '../../src/index.node.ts')}')
       await import('${join(import.meta.dirname, '../../src/edge.ts')}')
       console.log(JSON.stringify([touched, Object.keys(globalThis).length - before, typeof createClient]))`,
    )
    const child = await bundleScript(script)
    const run = spawn(process.execPath, [child.path], { stdio: ['ignore', 'pipe', 'inherit'] })
    let out = ''
    run.stdout.on('data', chunk => {
      out += chunk
    })
    await new Promise(resolve => run.on('exit', resolve))
    await child.remove()
    expect(JSON.parse(out)).toEqual([[], 0, 'function'])
  })
})
