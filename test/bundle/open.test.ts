import { describe, expect, it } from 'vitest'
import type { StopPayload } from '../../src/bundle/types.ts'
import { createWorld } from '../support/world.ts'

describe('openState', () => {
  it('opens the first release', async () => {
    const world = await createWorld()
    await world.release()
    const state = await world.open()
    expect([...state.parts[0]!.flags.keys()]).toEqual(['new-checkout'])
    expect(state.release.version).toBe(1)
    expect(state.stale).toBe(false)
    expect(state.signers.release.map(one => one.person).sort()).toEqual(['alice', 'bob'])
  })

  it('goes on with memory, and returns the same state for the same head', async () => {
    const world = await createWorld()
    await world.release()
    const first = await world.open()
    expect(await world.open({ previous: first })).toBe(first)
    world.wait()
    await world.stop()
    const second = await world.open({ previous: first })
    expect(second.ruleSet.stops).toEqual([{ flag: 'new-checkout', version: 1 }])
    expect(second.parts[0]).toBe(first.parts[0])
    world.wait()
    await world.release('production', { payload: one => ({ ...one, clears: world.standing().stop }) })
    const third = await world.open({ memory: second.memory })
    expect(third.ruleSet.stops).toEqual([])
    expect(third.memory).toMatchObject({
      sequence: 3,
      release: { version: 2 },
      stop: { version: 1 },
      clears: { version: 1 },
    })
  })

  it('tells of stops that fill head.json, for as long as they do', async () => {
    const world = await createWorld()
    await world.release()
    const many = (letter: string) => ({
      payload: (one: StopPayload) => ({
        ...one,
        flags: Array.from({ length: 250 }, (_, i) => `${letter}-${String(i).padStart(4, '0')}-${'x'.repeat(90)}`),
      }),
    })
    await world.stop('production', many('a'))
    const half = await world.open()
    expect(half.notices).toEqual([])
    world.wait()
    await world.stop('production', many('b'))
    const full = await world.open({ previous: half })
    expect(full.notices.map(one => one.code)).toEqual(['many_stops'])
    expect(full.stale).toBe(false)
    expect(await world.open({ previous: full })).toBe(full)
    world.wait()
    await world.head()
    const again = await world.open({ previous: full })
    expect(again.notices.map(one => one.code)).toEqual(['many_stops'])
    world.wait()
    await world.release('production', { payload: one => ({ ...one, clears: world.standing().stop }) })
    expect((await world.open({ previous: again })).notices).toEqual([])
  })

  it('follows a raised epoch', async () => {
    const world = await createWorld()
    await world.release()
    const first = await world.open()
    world.wait()
    await world.raiseEpoch()
    world.commit()
    await world.head()
    const second = await world.open({ previous: first })
    expect(second.notices.map(one => one.code)).toEqual(['log_restarted'])
    expect(second.memory.epoch).toBe(2)
  })
})
