import { afterEach, describe, expect, it } from 'vitest'
import type { Json } from '../../src/base/json.ts'
import type { ChangeEvent } from '../../src/index.node.ts'
import { FLAG } from '../support/world.ts'
import { cleanUp, clientOf, worldWith } from './support.ts'

afterEach(cleanUp)

const on = (when: Json) => ({ ...FLAG, rules: [{ id: 'r', when, then: { serve: 0 } }], otherwise: { serve: 1 } })

/** `reads` a segment, which reads another; `needs` a flag that reads one; `apart` reads nothing. */
const flags = {
  apart: FLAG,
  reads: on({ segment: 'staff' }),
  needs: { ...FLAG, requires: [{ flag: 'reads', is: ['on'] }] },
  asks: on({ flag: 'needs', is: ['on'] }),
}
const segments = {
  staff: { when: { segment: 'people' } },
  people: { by: 'userId', include: ['u-1'] },
}

describe('a change', () => {
  it('names the flags whose rules, or anything that they read, or whose stop changed, and no others', async () => {
    const world = await worldWith()
    await world.release('production', { flags, segments })
    const { client } = clientOf(world, { source: world.source })
    const told: ChangeEvent[] = []
    client.on('change', event => told.push(event))
    const changedBy = async (happens: () => Promise<unknown>) => {
      told.length = 0
      world.wait()
      await happens()
      await client.refresh()
      return told.map(({ changed }) => changed.toSorted())
    }
    await client.ready()
    expect(told).toMatchObject([{ changed: Object.keys(flags).sort(), source: 'network', release: { version: 2 } }])

    expect(await changedBy(() => world.head())).toEqual([])
    const wider = { ...segments, people: { by: 'userId', include: ['u-1', 'u-2'] } }
    expect(await changedBy(() => world.release('production', { flags, segments: wider }))).toEqual([
      ['asks', 'needs', 'reads'],
    ])
    expect(client.isEnabled('asks', { userId: 'u-2' })).toBe(true)
    const less = { ...flags, apart: { ...FLAG, on: false } }
    expect(await changedBy(() => world.release('production', { flags: less, segments: wider }))).toEqual([['apart']])
    expect(await changedBy(() => world.stop('production', { flags: ['needs', 'nobody-s'] }))).toEqual([
      ['asks', 'needs', 'nobody-s'],
    ])
    // The same stop again in another: nothing changes that was not changed.
    expect(await changedBy(() => world.stop('production', { flags: ['apart', 'needs'] }))).toEqual([['apart']])
    const cleared = { version: 2, digest: world.realm().stops.at(-1)!.digest }
    const back = world.release('production', {
      flags: less,
      segments: wider,
      payload: payload => ({ ...payload, clears: cleared }),
    })
    expect(await changedBy(() => back)).toEqual([['apart', 'asks', 'needs', 'nobody-s']])
    expect(client.isEnabled('asks', { userId: 'u-2' })).toBe(true)
  })

  it('that time will make is known before', async () => {
    const world = await worldWith()
    const at = '2027-03-01T09:00:00Z'
    await world.release('production', { flags: { plain: FLAG, ramp: on({ from: at }) } })
    const { client } = clientOf(world, { source: world.source })
    expect(client.transitions()).toEqual([])
    await client.ready()
    expect(client.transitions()).toEqual([{ flag: 'ramp', at }])
  })
})
