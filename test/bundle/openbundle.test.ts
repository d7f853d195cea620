import { beforeEach, describe, expect, it } from 'vitest'
import { concat, fromUtf8, utf8 } from '../../src/base/bytes.ts'
import { type BundleOptions, openBundle } from '../../src/edge.ts'
import { createWorld, DAY, FLAG, type World } from '../support/world.ts'

let world: World
const options = (more: Partial<BundleOptions> = {}): BundleOptions => ({
  project: 'shop',
  environment: 'production',
  root: world.roots[0]!.bytes,
  now: () => world.now,
  ...more,
})
const open = async (more: Partial<BundleOptions> = {}) => openBundle(await world.bundle(), options(more))
const OFF = { ...FLAG, on: false }

beforeEach(async () => {
  world = await createWorld()
  await world.release('production', { flags: { 'new-checkout': FLAG, other: OFF } })
})

describe('openBundle', () => {
  it('answers from a verified bundle', async () => {
    const bundle = await open()
    expect(bundle.isEnabled('new-checkout')).toBe(true)
    expect(bundle.isEnabled('other')).toBe(false)
    expect(bundle.isEnabled('none')).toBe(false)
    expect(bundle.value('new-checkout', {}, false)).toBe(true)
    expect(bundle.explain('new-checkout')).toMatchObject({ release: { version: 1, status: 'live' } })
  })

  it('tells where its rules come from', async () => {
    await world.stop('production', { flags: ['other'] })
    const { release, stops, head, log, ...rest } = (await open()).provenance()
    expect(rest).toMatchObject({ project: 'shop', environment: 'production', status: 'live', unreviewed: false })
    expect(release).toMatchObject({ version: 1, author: 'alice', signers: ['alice', 'bob'], basis: 'quorum' })
    expect(stops).toEqual([
      { version: 1, flags: ['other'], reason: 'errors at the till', incident: 'INC-7', signers: ['dave'] },
    ])
    expect(head).toMatchObject({ epoch: 1, sequence: 2, signers: ['publisher'] })
    expect(log).toMatchObject({ size: 2 })
  })

  it('says of an environment without approvals that nobody reviewed it', async () => {
    await world.release('staging')
    const bundle = await openBundle(await world.bundle('staging'), options({ environment: 'staging' }))
    expect(bundle.provenance().unreviewed).toBe(true)
  })

  it('is frozen, and holds nothing of the options', async () => {
    const given = { ...options() }
    const bundle = await openBundle(await world.bundle(), given)
    given.now = () => {
      throw new Error('asked later')
    }
    expect(Object.isFrozen(bundle)).toBe(true)
    expect((await bundle.update(await world.bundle())).isEnabled('new-checkout')).toBe(true)
  })

  it('takes bytes that are changed meanwhile as they were', async () => {
    const bytes = await world.bundle()
    const opening = openBundle(bytes, options())
    bytes.fill(0)
    expect((await opening).isEnabled('new-checkout')).toBe(true)
  })

  it('takes a view of a larger buffer', async () => {
    const bytes = concat(utf8('before'), await world.bundle(), utf8('after'))
    expect((await openBundle(bytes.subarray(6, -5), options())).isEnabled('new-checkout')).toBe(true)
  })

  it.each([
    ['wrong_environment', { environment: 'staging' }],
    ['wrong_project', { project: 'other' }],
    ['rollback', { floor: { epoch: 1, sequence: 2 } }],
    ['release_rollback', { floor: { epoch: 1, release: 2 } }],
    ['stop_rollback', { floor: { epoch: 1, stop: 1 } }],
  ] as const)('refuses by %s', async (code, more) => {
    await expect(open(more)).rejects.toMatchObject({ name: 'EnsignError', code })
  })

  it('refuses an expired bundle unless told otherwise', async () => {
    world.wait(3 * DAY)
    await expect(open()).rejects.toMatchObject({ code: 'expired' })
    const stale = await open({ allowStale: true })
    expect(stale.isEnabled('new-checkout')).toBe(true)
    expect(stale.provenance()).toMatchObject({ status: 'stale', notices: [{ code: 'expired' }] })
    expect(stale.explain('new-checkout').release?.status).toBe('stale')
  })

  it.each<[string, string, (text: string) => string]>([
    ['part_digest', 'a changed part', text => text.replace('"on":false', '"on":true ')],
    ['part_size', 'a longer part', text => text.replace('"on":false', '"on":false ')],
    ['bundle_form', 'a line too many', text => `${text}\n`],
    ['bundle_form', 'a cut file', text => text.slice(0, -1)],
    [
      'part_missing',
      'another index',
      text => text.replace(/\n\{"parts":\[\["./, '\n{"parts":[["0').replace(/"index":"[^}]*}",/, ''),
    ],
    ['json', 'half a header', text => `${text.slice(0, 100)}}\n`],
  ])('refuses with %s %s', async (code, _, alter) => {
    const text = fromUtf8(await world.bundle())!
    expect(alter(text)).not.toBe(text)
    await expect(openBundle(utf8(alter(text)), options())).rejects.toMatchObject({ code })
  })
})

describe('update', () => {
  it('gives a new bundle and leaves the old one as it was', async () => {
    const before = await open()
    world.wait()
    await world.release('production', { flags: { 'new-checkout': OFF, other: OFF } })
    const after = await before.update(await world.bundle())
    expect([before.isEnabled('new-checkout'), after.isEnabled('new-checkout')]).toEqual([true, false])
    expect([before.memory.sequence, after.memory.sequence]).toEqual([1, 2])
    world.wait()
    await world.stop('production', { flags: ['other'] })
    const stopped = await before.update(await world.bundle())
    expect(stopped.explain('other').reason).toBe('STOPPED')
    expect(after.explain('other').reason).toBe('DISABLED')
  })

  it('gives the same bundle for the same head', async () => {
    const bundle = await open()
    expect(await bundle.update(await world.bundle())).toBe(bundle)
  })

  it('refuses what is older, and goes on', async () => {
    const old = await world.bundle()
    world.wait()
    await world.release('production', { flags: { other: FLAG } })
    const bundle = await open()
    await expect(bundle.update(old)).rejects.toMatchObject({ code: 'rollback' })
    expect(bundle.isEnabled('other')).toBe(true)
  })

  it('remembers across runs where memory is kept', async () => {
    const old = await world.bundle()
    world.wait()
    await world.release()
    const { memory } = await open()
    const kept = JSON.parse(JSON.stringify(memory))
    await expect(openBundle(old, options({ memory: kept }))).rejects.toMatchObject({ code: 'rollback' })
    expect((await open({ memory: kept })).memory).toEqual(memory)
  })

  it('asks for tiles where the bundle does not prove its history', async () => {
    const without = await open()
    const asked: string[] = []
    const tiles = async (path: string) => {
      asked.push(path)
      return world.store.get(`production/log/1/${path}`)
    }
    const withTiles = await open({ tiles })
    for (let i = 0; i < 12; i++) {
      world.wait()
      await world.event()
    }
    const bytes = await world.bundle()
    await expect(without.update(bytes)).rejects.toMatchObject({ code: 'log_gap' })
    expect((await withTiles.update(bytes)).provenance().log.size).toBe(25)
    expect(asked).toContain('tile/0/000.p/25')
  })

  it('refuses a log that was rewritten', async () => {
    const bundle = await open()
    const other = await createWorld({ cast: world.cast })
    other.wait(1)
    await other.release('production', { flags: { other: FLAG } })
    other.wait()
    await other.release()
    await expect(bundle.update(await other.bundle())).rejects.toMatchObject({ code: 'log_rewritten' })
  })
})

describe('what a caller hands over', () => {
  it('is copied at once, a Buffer as well, whose own slice is no copy', async () => {
    const bytes = Buffer.from(await world.bundle())
    const opening = openBundle(bytes, options())
    bytes.fill(0)
    expect((await opening).isEnabled('new-checkout')).toBe(true)
  })

  it('may be the ArrayBuffer of a response', async () => {
    const { buffer } = await world.bundle()
    const bundle = await openBundle(buffer as unknown as Uint8Array, options())
    expect(bundle.isEnabled('new-checkout')).toBe(true)
  })

  it.each([undefined, null, 'text', 7])('is refused by code where it is no bytes: %s', async bytes => {
    await expect(openBundle(bytes as never, options())).rejects.toMatchObject({ code: 'bundle_form' })
  })

  it('has no memory and no floor where a store says null', async () => {
    const bundle = await open({ memory: null, floor: null } as never)
    expect(bundle.isEnabled('new-checkout')).toBe(true)
  })

  it('takes a memory that went through a store', async () => {
    const { memory } = await open()
    expect(await open({ memory: JSON.parse(JSON.stringify(memory)) })).toMatchObject({ memory })
  })

  it('leaves the memory that it is given as it was', async () => {
    const memory = { ...(await open()).memory }
    await open({ memory })
    expect(Object.isFrozen(memory)).toBe(false)
  })

  const circle: Record<string, unknown> = {}
  circle.circle = circle
  it.each([
    ['a text', 'memory', 'memory'],
    ['a number', 7, 'memory'],
    ['a circle', circle, 'memory'],
    ['a function', () => 1, 'memory'],
    ['nothing in it', {}, 'memory/genesis'],
  ])('refuses a memory that is %s by code and place', async (_, memory, at) => {
    await expect(open({ memory } as never)).rejects.toMatchObject({ code: 'schema', at })
  })

  it.each([
    ['root', null, 'memory/root'],
    ['epoch', '1', 'memory/epoch'],
    ['issued', 'today', 'memory/issued'],
    ['log', { size: 1, root: 'x' }, 'memory/log/root'],
    ['newer', 1, 'memory/newer'],
  ])('refuses a memory whose `%s` is wrong by code and place', async (name, value, at) => {
    const memory = { ...(await open()).memory, [name]: value }
    await expect(open({ memory } as never)).rejects.toMatchObject({ code: 'schema', at })
  })

  it.each(['now', 'tiles'])('refuses `%s` where it is no function by code', async name => {
    await expect(open({ [name]: 7 } as never)).rejects.toMatchObject({ code: 'options', at: name })
  })

  it.each([undefined, null, 7])('refuses options that are %s by code', async given => {
    await expect(openBundle(await world.bundle(), given as never)).rejects.toMatchObject({ code: 'root_missing' })
  })

  it('must pin a root', async () => {
    await expect(open({ root: undefined } as never)).rejects.toMatchObject({ code: 'root_missing' })
  })
})
