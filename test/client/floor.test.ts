import { afterEach, describe, expect, it } from 'vitest'
import { cleanUp, clientOf, flagsOf, worldWith } from './support.ts'

afterEach(cleanUp)

/** Head 3, release 2, stop 1. */
async function settled() {
  const world = await worldWith('a', 'b')
  world.wait()
  await world.release('production', { flags: flagsOf('a', 'b', 'c') })
  world.wait()
  await world.stop('production', { flags: ['b'] })
  return world
}

describe('the floor', () => {
  it.each([
    ['rollback', { epoch: 1, sequence: 4 }],
    ['release_rollback', { epoch: 1, release: 3 }],
    ['stop_rollback', { epoch: 1, stop: 2 }],
    ['rollback', { epoch: 2 }],
  ])('refuses what is below it: %s', async (code, floor) => {
    const world = await settled()
    const { client } = clientOf(world, { source: world.source, floor })
    expect(await client.ready()).toMatchObject({ ok: false, status: 'unverified', code })
    expect(client.isEnabled('a')).toBe(false)
    expect(client.explain('a')).toMatchObject({ reason: 'ERROR', code: 'not_ready' })
  })

  it('holds for a cache and a snapshot as well, which are taken before the network is asked', async () => {
    const world = await settled()
    const held = new Map<string, Uint8Array>()
    const cache = {
      load: async (key: string) => held.get(key),
      save: async (key: string, bytes: Uint8Array) => void held.set(key, bytes),
    }
    const first = clientOf(world, { source: world.source, cache })
    await first.client.ready()
    await first.client.close()
    const [bootstrap] = held.values()
    for (const origin of [{ cache }, { bootstrap: bootstrap! }]) {
      const nothing = { get: async () => undefined }
      const below = clientOf(world, { source: nothing, floor: { epoch: 1, sequence: 4 }, ...origin })
      const { ok, problems } = await below.client.ready()
      expect(ok).toBe(false)
      expect(problems).toContainEqual(expect.objectContaining({ source: Object.keys(origin)[0], code: 'rollback' }))
      const at = clientOf(world, { source: nothing, floor: { epoch: 1, sequence: 3 }, ...origin })
      expect(await at.client.ready()).toMatchObject({ ok: true, status: 'current' })
    }
  })

  it('takes what stands at it, and goes on from there', async () => {
    const world = await settled()
    const floor = { epoch: 1, sequence: 3, release: 2, stop: 1 }
    const { client } = clientOf(world, { source: world.source, floor })
    expect(await client.ready()).toMatchObject({ ok: true, status: 'current' })
    expect([client.isEnabled('a'), client.isEnabled('b')]).toEqual([true, false])
    world.wait()
    await world.head()
    expect(await client.refresh()).toMatchObject({ status: 'current' })
    expect(client.provenance().inForce!.head.sequence).toBe(4)
  })

  it('is void once the root names a higher epoch', async () => {
    const world = await settled()
    await world.raiseEpoch()
    world.commit()
    await world.head()
    const { client } = clientOf(world, { source: world.source, floor: { epoch: 1, sequence: 9_000, release: 9 } })
    expect(await client.ready()).toMatchObject({ ok: true, status: 'current' })
  })
})
