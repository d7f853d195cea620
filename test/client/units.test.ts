import { describe, expect, it } from 'vitest'
import { type Counts, createCounters } from '../../src/client/counters.ts'
import { createEmitter } from '../../src/client/emitter.ts'
import { createFlight } from '../../src/client/flight.ts'
import { createBackoff, jittered } from '../../src/client/retry.ts'
import { waitOf } from '../../src/client/sources/http.ts'
import { type Happening, type Status, TRANSITIONS } from '../../src/client/status.ts'
import type { ClientOptions } from '../../src/index.ts'
import { createClient } from '../../src/index.ts'
import { START } from '../support/world.ts'

const GOOD: ClientOptions = {
  url: 'https://flags.example',
  project: 'shop',
  environment: 'production',
  root: { version: 1, digest: 'a'.repeat(64) },
}

describe('options', () => {
  it('are looked at, and nothing else is done', () => {
    let calls = 0
    const count = () => {
      calls += 1
      throw new Error('nobody asked')
    }
    const clock = { now: () => 0, elapsed: () => 0, after: count }
    const cache = { load: count, save: count }
    createClient({ ...GOOD, fetch: count, cache, bootstrap: count, token: count, clock, random: count, observe: count })
    expect(calls).toBe(0)
  })

  it.each([
    ['url', 'ftp://flags.example'],
    ['url', 'https://user:word@flags.example'],
    ['url', 'https://flags.example/?a=b'],
    ['url', 'flags'],
    ['project', 'Shop'],
    ['environment', '../production'],
    ['environment', undefined],
    ['root', ''],
    ['root', { version: 0, digest: 'a'.repeat(64) }],
    ['root', { version: 1, digest: 'A'.repeat(64) }],
    ['mode', 'push'],
    ['pollInterval', 30],
    ['pollInterval', Number.NaN],
    ['staleAfter', '1h'],
    ['maxStale', -1],
    ['requestTimeout', 0],
    ['floor', { epoch: 0 }],
    ['cache', {}],
    ['bootstrap', 'a file'],
    ['secrets', { k1: 7 }],
    ['regex', {}],
    ['context', 'u-1'],
    ['token', 'two words'],
    ['token', 'new\nline'],
    ['logger', console.log],
    ['counters', { report: () => undefined, limit: 0 }],
    ['signal', true],
  ])('%s does not take %j', (name, value) => {
    expect(() => createClient({ ...GOOD, [name]: value } as ClientOptions)).toThrow(
      new RegExp(`createClient: ${name} takes`),
    )
  })

  it('that nobody knows are told, and all that is wrong is told at once', () => {
    const wrong = { ...GOOD, project: 'A', pollIntervall: 5, mode: 'x' } as unknown as ClientOptions
    expect(() => createClient(wrong)).toThrow(/project takes.*mode takes.*there is no option pollIntervall/)
    expect(() => createClient({ ...GOOD, source: { get: async () => undefined } })).toThrow('either url or source')
    expect(() => createClient(undefined as unknown as ClientOptions)).toThrow('project takes')
  })

  it('name no secret in what they refuse', () => {
    try {
      createClient({ ...GOOD, token: 'geheim geheim', url: 'https://anna:geheim@flags.example' })
      expect.unreachable()
    } catch (error) {
      expect(String(error)).not.toContain('geheim')
      expect((error as { code: string }).code).toBe('options')
    }
  })
})

describe('waiting times', () => {
  it('double up to the cap, with full jitter, and start again', () => {
    const backoff = createBackoff(1_000, 60_000, () => 0.999)
    const waits = Array.from({ length: 9 }, () => Math.round(backoff.next()))
    expect(waits).toEqual([999, 1998, 3996, 7992, 15984, 31968, 59940, 59940, 59940])
    backoff.reset()
    expect(Math.round(backoff.next())).toBe(999)
    expect(createBackoff(1_000, 60_000, () => 0).next()).toBe(0)
  })

  it.each([
    ['120', 120_000],
    [' 5 ', 5_000],
    ['0', undefined],
    ['Sat, 21 Nov 2026 12:00:30 GMT', 30_000],
    ['Sat, 21 Nov 2026 11:59:00 GMT', undefined],
    ['-1', undefined],
    ['soon', undefined],
    ['1e9', undefined],
    ['9999999999', undefined],
    ['', undefined],
    [null, undefined],
  ])('are read from Retry-After: %j', (header, ms) => {
    expect(waitOf(header, START)).toBe(ms)
  })

  it('spread polls by a tenth to either side', () => {
    expect(jittered(1_000, () => 0)).toBe(900)
    expect(jittered(1_000, () => 0.5)).toBe(1_000)
    expect(jittered(1_000, () => 0.9999)).toBeCloseTo(1_100, 0)
  })
})

describe('the emitter', () => {
  it('is harmed by no listener', async () => {
    const faults: unknown[] = []
    const emitter = createEmitter<{ a: number }>(error => faults.push(error))
    const heard: number[] = []
    emitter.emit('a', 0)
    emitter.on('a', () => {
      throw new Error('one')
    })
    emitter.on('a', async () => {
      throw new Error('two')
    })
    emitter.on('a', value => heard.push(value))
    emitter.emit('a', 1)
    await Promise.resolve()
    await Promise.resolve()
    expect(heard).toEqual([1])
    expect(faults.map(String)).toEqual(['Error: one', 'Error: two'])
  })

  it('lets listeners go, add and remove each other', () => {
    const emitter = createEmitter<{ a: number }>(() => undefined)
    const heard: string[] = []
    const second = () => heard.push('second')
    const offs: (() => void)[] = []
    emitter.on('a', () => {
      heard.push('first')
      for (const off of offs) off()
      emitter.on('a', () => heard.push('late'))
    })
    offs.push(emitter.on('a', second), emitter.on('a', second))
    emitter.emit('a', 1)
    expect(heard).toEqual(['first'])
    {
      using off = emitter.on('a', second)
      expect(off).toBeTypeOf('function')
    }
    emitter.emit('a', 2)
    expect(heard).toEqual(['first', 'first', 'late'])
  })
})

describe('a flight', () => {
  it('runs one at a time, and one more for all who ask meanwhile', async () => {
    let runs = 0
    let active = 0
    const ends: (() => void)[] = []
    const flight = createFlight(async () => {
      expect(++active).toBe(1)
      const run = ++runs
      await new Promise<void>(resolve => ends.push(resolve))
      active -= 1
      return run
    })
    const first = flight.next()
    const others = [flight.next(), flight.next(), flight.next()]
    ends.shift()!()
    expect(await first).toBe(1)
    await Promise.resolve()
    ends.shift()!()
    expect(await Promise.all(others)).toEqual([2, 2, 2])
    expect(runs).toBe(2)
  })

  it('flies on after one that failed', async () => {
    let fail = true
    const flight = createFlight(async () => {
      if (fail) throw new Error('no')
      return 1
    })
    await expect(flight.next()).rejects.toThrow('no')
    fail = false
    expect(await flight.next()).toBe(1)
  })
})

describe('the status table', () => {
  const all = Object.keys(TRANSITIONS) as Status[]
  const happenings = Object.keys(TRANSITIONS.starting) as Happening[]

  it('never leaves closed, and is never current again without proof of freshness', () => {
    for (const happening of happenings) expect(TRANSITIONS.closed[happening]).toBe('closed')
    for (const status of all) {
      for (const happening of happenings) {
        if (happening === 'fresh' || status === 'closed') continue
        expect(TRANSITIONS[status][happening], `${status} ${happening}`).not.toBe('current')
      }
    }
  })

  it('never forgets that something was verified', () => {
    for (const happening of happenings) {
      for (const status of ['current', 'stale'] as const) {
        expect(['starting', 'unverified']).not.toContain(TRANSITIONS[status][happening])
      }
    }
  })
})

describe('counters', () => {
  const clock = { now: () => 0, elapsed: () => 0, after: () => () => undefined }

  it('count by flag, variant and release in fixed memory', () => {
    const told: Counts[] = []
    const counters = createCounters({ report: counts => told.push(counts), limit: 3 }, clock, () => undefined)
    counters.count('a', 'on')
    counters.setRelease(1)
    counters.count('a', 'on')
    counters.count('a', 'on')
    counters.count('a', undefined)
    for (let i = 0; i < 100; i++) counters.count(`made-up-${i}`, undefined)
    counters.close()
    expect(told).toEqual([
      {
        rows: [
          { flag: 'a', variant: 'on', release: null, count: 1 },
          { flag: 'a', variant: 'on', release: 1, count: 2 },
          { flag: 'a', variant: undefined, release: 1, count: 1 },
        ],
        dropped: 100,
      },
    ])
    counters.close()
    expect(told).toHaveLength(1)
  })

  it('hold no key that no flag can have, and as many rows as asked for, over releases', () => {
    const told: Counts[] = []
    const limit = 300_000
    const counters = createCounters({ report: counts => told.push(counts), limit }, clock, () => undefined)
    counters.count('x'.repeat(1_000_000), undefined)
    for (let i = 0; i < limit; i++) counters.count(`f-${i}`, 'on')
    counters.setRelease(2)
    counters.count('a', 'on')
    counters.close()
    expect([told[0]!.rows.length, told[0]!.dropped]).toEqual([limit, 2])
  })

  it('survive a report that throws', () => {
    const faults: unknown[] = []
    const report = () => {
      throw new Error('full')
    }
    const counters = createCounters({ report }, clock, error => faults.push(error))
    counters.count('a', 'on')
    counters.close()
    expect(faults).toHaveLength(1)
  })
})
