import { afterEach, describe, expect, it } from 'vitest'
import { createClient as createForAll } from '../../src/client/runtime.ts'
import { regex } from '../../src/regex.ts'
import { createWorld } from '../support/world.ts'
import { cleanUp, clientOf, flagsOf, testClock } from './support.ts'

afterEach(cleanUp)

const matching = (pattern: string) => ({
  ...flagsOf('plain'),
  staff: {
    ...flagsOf('staff').staff,
    rules: [{ id: 'r', when: { attr: 'email', matches: pattern }, then: { serve: 0 } }],
    otherwise: { serve: 1 },
  },
})

async function worldMatching(pattern = '^[a-z]+@example\\.com$') {
  const world = await createWorld()
  await world.release('production', { flags: matching(pattern) })
  return world
}

const ann = { email: 'ann@example.com' }
const eve = { email: 'eve@example.org' }

describe('rules with patterns', () => {
  it('work on Node as soon as the client is ready: it loads the engine by itself', async () => {
    const world = await worldMatching()
    const { client } = clientOf(world, { source: world.source })
    expect(await client.ready()).toMatchObject({ ok: true, problems: [] })
    expect([client.isEnabled('staff', ann), client.isEnabled('staff', eve)]).toEqual([true, false])
  })

  it('work on Node when the first of them comes with an update', async () => {
    const world = await createWorld()
    await world.release('production', { flags: flagsOf('plain', 'staff') })
    const { client } = clientOf(world, { source: world.source })
    await client.ready()
    expect(client.isEnabled('staff', eve)).toBe(true)
    world.wait()
    await world.release('production', { flags: matching('@example\\.com$') })
    await client.refresh()
    expect([client.isEnabled('staff', ann), client.isEnabled('staff', eve)]).toEqual([true, false])
  })

  const elsewhere = (world: Awaited<ReturnType<typeof createWorld>>, more: object = {}) =>
    createForAll({
      source: world.source,
      project: world.project,
      environment: 'production',
      root: world.roots[0]!.bytes,
      mode: 'manual',
      clock: testClock(world),
      ...more,
    })

  it('are an error on a client that was given no engine, and the other flags work', async () => {
    const world = await worldMatching()
    await using client = elsewhere(world)
    expect(await client.ready()).toMatchObject({ ok: true })
    expect(client.explain('staff', ann)).toMatchObject({ reason: 'ERROR', code: 'regex_missing', value: undefined })
    expect(client.isEnabled('staff', ann)).toBe(false)
    expect(client.isEnabled('staff', ann, true)).toBe(true)
    expect(client.isEnabled('plain')).toBe(true)
  })

  it('work there with the engine of ensign-flags/regex', async () => {
    const world = await worldMatching()
    await using client = elsewhere(world, { regex })
    await client.ready()
    expect([client.isEnabled('staff', ann), client.isEnabled('staff', eve)]).toEqual([true, false])
  })

  it('that are no pattern are an error of that flag alone, and told', async () => {
    const world = await worldMatching('(')
    const { client } = clientOf(world, { source: world.source })
    await client.ready()
    expect(client.explain('staff', ann)).toMatchObject({ reason: 'ERROR', code: 'malformed' })
    expect(client.isEnabled('plain')).toBe(true)
  })
})
