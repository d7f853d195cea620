import { describe, expect, it } from 'vitest'
import { localDesk } from '../../../src/publisher/publish/desk.ts'
import { createKept } from '../../../src/publisher/publish/kept.ts'
import type { Publisher } from '../../../src/publisher/publish/types.ts'
import { memoryStore } from '../../../src/publisher/stores/memory.ts'
import type { Store } from '../../../src/publisher/stores/store.ts'
import { flag, openShop, rulesOf } from '../support/shop.ts'

const rules = rulesOf({ a: flag(true), b: flag(true), c: flag(true) })

/** A store that says what was done with it. */
function watched() {
  const plain = memoryStore()
  const done: string[] = []
  const short = (path: string) => path.replace('v1/shop/production/', '').replace(/[0-9a-f]{64}/, '…')
  const store: Store = {
    ...plain,
    get(path, options) {
      done.push(`get ${short(path)}`)
      return plain.get(path, options)
    },
    put(path, bytes, condition) {
      done.push(`put ${short(path)}`)
      return plain.put(path, bytes, condition)
    },
  }
  return { store, done }
}

describe('a publisher that goes on running', () => {
  it('reads no rules and no statement again for a stop, until everybody has been told of it', async () => {
    const { store, done } = watched()
    const shop = await openShop({ store })
    const publisher: Publisher = {
      ...shop.publisher(),
      kept: createKept(),
      onHead: async head => void done.push(`told of ${head.length > 0 ? 'the head' : 'nothing'}`),
    }
    const desk = localDesk(publisher)
    await desk.release(await shop.propose(rules))
    await desk.stop(await shop.stop(['a']))
    const second = await shop.stop(['b'])
    done.length = 0
    const receipt = await desk.stop(second)
    expect(receipt).toMatchObject({ outcome: 'published', stop: { version: 2 }, sequence: 3 })
    const told = done.indexOf('told of the head')
    expect(done.slice(0, told).filter(one => /^get (releases|parts)|^get stops\/1-/.test(one))).toEqual([])
    expect(done.slice(0, told).at(-1)).toBe('put head.json')
    expect(done.indexOf('put bundle.ndjson')).toBeGreaterThan(told)
  })

  it('goes on from what others published meanwhile', async () => {
    const shop = await openShop()
    const here = localDesk({ ...shop.publisher(), kept: createKept() })
    const there = localDesk({ ...shop.publisher(), kept: createKept() })
    await here.release(await shop.propose(rules))
    const stops: number[] = []
    for (const [desk, key] of [[there, 'a'] as const, [here, 'b'] as const, [there, 'c'] as const]) {
      stops.push((await desk.stop(await shop.stop([key]))).stop!.version)
    }
    expect(stops).toEqual([1, 2, 3])
    const last = await here.release(await shop.propose(rulesOf({ d: flag(true) })))
    expect(last).toMatchObject({ outcome: 'published', release: { version: 2 }, sequence: 5 })
  })

  it('refuses what a plain one refuses, and takes the next', async () => {
    const shop = await openShop()
    const desk = localDesk({ ...shop.publisher(), kept: createKept() })
    await desk.release(await shop.propose(rules))
    await desk.stop(await shop.stop(['a']))
    const refused = async (statement: Uint8Array) => desk.stop(statement).catch((error: { code: string }) => error.code)
    expect(await refused(await shop.stop(['b'], { version: 5 }))).toBe('stop_fork')
    expect(await refused(await shop.stop(['b'], {}, 'alice'))).toBe('stop_signer')
    expect(await refused(await shop.stop(['a']))).toBe('stop_nothing')
    expect(await desk.stop(await shop.stop(['b']))).toMatchObject({ outcome: 'published', stop: { version: 2 } })
  })

  it('judges a head that somebody wrote into the store from nothing', async () => {
    const shop = await openShop()
    const desk = localDesk({ ...shop.publisher(), kept: createKept() })
    await desk.release(await shop.propose(rules))
    const path = 'v1/shop/production/head.json'
    const stored = (await shop.store.get(path))!
    const statement = await shop.stop(['a'])
    const file = JSON.parse(Buffer.from(stored.bytes).toString())
    const release = JSON.parse(file.release)
    release.payload = release.payload.replace(/.$/, (last: string) => (last === 'A' ? 'B' : 'A'))
    const changed = Buffer.from(JSON.stringify({ ...file, release: JSON.stringify(release) }))
    await shop.store.put(path, new Uint8Array(changed), { ifMatch: stored.tag })
    const refused = await desk.stop(statement).catch((error: { code: string }) => error.code)
    expect(refused).toEqual(expect.stringMatching(/^(release_digest|envelope)$/))
  })
})
