import { afterEach, describe, expect, it, vi } from 'vitest'
import { utf8 } from '../../src/base/bytes.ts'
import { openState } from '../../src/bundle/open.ts'
import { generateKey, localSigner } from '../../src/trust/signer.ts'
import { envelopeText, flipBit, headerOf, signRow, takeApart } from '../support/forge.ts'
import { createWorld } from '../support/world.ts'

/** What somebody without a key can make a verifier do. */
async function costOf(work: () => Promise<unknown>): Promise<{ code: unknown; checks: number; imports: number }> {
  const verify = vi.spyOn(crypto.subtle, 'verify')
  const importKey = vi.spyOn(crypto.subtle, 'importKey')
  const code = await work().then(
    () => 'ok',
    (error: { code?: unknown }) => error.code,
  )
  return { code, checks: verify.mock.calls.length, imports: importKey.mock.calls.length }
}

afterEach(() => {
  vi.restoreAllMocks()
})

async function junk(type: 'head' | 'root', encoded: string) {
  const strangers = await Promise.all(Array.from({ length: 16 }, () => generateKey('Ed25519')))
  const signers = await Promise.all(strangers.map(key => localSigner(key, 'eve')))
  const rows = await Promise.all(signers.map(signer => signRow(signer, headerOf(signer, type), encoded)))
  return envelopeText(encoded, rows)
}

describe('a flood of junk', () => {
  it('costs no signature check where nobody known signed', async () => {
    const world = await createWorld()
    const head = await world.release()
    const text = await junk(
      'head',
      takeApart(utf8(JSON.parse(new TextDecoder().decode(world.store.get('production/head.json'))).head)).encoded,
    )
    const running = await world.open()
    world.edit(file => ({ ...file, head: text }))
    expect(head.payload.version).toBe(1)
    const cost = await costOf(() => openState(world.options({ previous: running })))
    expect(cost).toEqual({ code: 'threshold', checks: 0, imports: 0 })
  })

  it('costs no key either where it pretends to be the next root', async () => {
    const world = await createWorld()
    await world.release()
    const running = await world.open()
    const next = await world.nextRoot()
    world.put('roots/2.json', utf8(await junk('root', takeApart(next.bytes).encoded)))
    const cost = await costOf(() => openState(world.options({ previous: running, namesNewRoot: undefined })))
    expect(cost).toEqual({ code: 'threshold_old', checks: 0, imports: 0 })
  })

  it('costs one check at most where it uses known keys', async () => {
    const world = await createWorld()
    await world.release('production', { head: { signers: ['publisher', 'publisher2', 'alice', 'bob'] } })
    world.edit(file => {
      const { encoded, rows } = takeApart(utf8(file.head))
      return {
        ...file,
        head: envelopeText(
          encoded,
          rows.map(row => ({ ...row, signature: flipBit(row.signature, 40) })),
        ),
      }
    })
    const running = await (await createWorld()).release()
    expect(running.payload.version).toBe(1)
    const cost = await costOf(() => openState(world.options()))
    // Two for root 1, one for the head.
    expect(cost).toMatchObject({ code: 'signature', checks: 3 })
  })

  it('repeats no check of a stop that comes again and again', async () => {
    const world = await createWorld()
    await world.release()
    const before = await world.open()
    await world.stop()
    world.edit(file => ({ ...file, stops: Array.from({ length: 100 }, () => file.stops[0]!) }))
    const cost = await costOf(() => openState(world.options({ previous: before })))
    // The head, and the stop once; the release was checked under this root.
    expect(cost).toMatchObject({ code: 'stop_gap', checks: 2 })
  })
})

describe('an update', () => {
  it('checks the new head and nothing that was checked before', async () => {
    const world = await createWorld()
    await world.release()
    await world.stop()
    const before = await world.open()
    world.wait()
    await world.head()
    world.asked.length = 0
    const cost = await costOf(() => openState(world.options({ previous: before })))
    expect(cost).toMatchObject({ code: 'ok', checks: 1 })
    expect(world.asked).toEqual(['production/head.json'])
  })

  it('asks for the parts that changed and no others', async () => {
    const flags = (salt: string) =>
      Object.fromEntries(
        Array.from({ length: 600 }, (_, i) => [
          `flag-${i}`,
          { on: false, salt: i === 7 ? salt : 's', meta: 'x'.repeat(150) },
        ]),
      )
    const world = await createWorld()
    await world.release('production', { flags: flags('a') })
    const before = await world.open()
    expect(before.parts.length).toBeGreaterThan(2)
    world.wait()
    await world.release('production', { flags: flags('b') })
    world.asked.length = 0
    const after = await world.open({ previous: before })
    expect(world.asked).toHaveLength(2)
    expect(after.parts.filter((part, i) => part !== before.parts[i])).toHaveLength(1)
  })
})
