import { describe, expect, it } from 'vitest'
import { formatTime } from '../../../src/base/time.ts'
import { readStandpoint } from '../../../src/publisher/change/ground.ts'
import { readCurrent } from '../../../src/publisher/publish/current.ts'
import { entriesBackwards } from '../../../src/publisher/publish/logread.ts'
import { refreshHead, submitEvent, submitRelease, submitStop } from '../../../src/publisher/publish/submit.ts'
import type { Publisher, Receipt } from '../../../src/publisher/publish/types.ts'
import { sealStatement } from '../../../src/trust/seal.ts'
import { Died, dyingStore } from '../support/dying.ts'
import { flag, openShop, rulesOf, type Shop } from '../support/shop.ts'

interface Deed {
  readonly prepare: (shop: Shop) => Promise<(publisher: Publisher) => Promise<Receipt>>
  /** Entries that it adds to the log. */
  readonly entries: number
  /** What tells the state before from the state after. */
  readonly mark: (shop: Shop) => Promise<unknown>
}

const release = async (shop: Shop) => (await readStandpoint(shop.view())).state?.release.version
const stops = async (shop: Shop) => (await readStandpoint(shop.view())).state?.stops.length

const DEEDS: Readonly<Record<string, Deed>> = {
  'the first release': {
    entries: 1,
    mark: release,
    async prepare(shop) {
      const one = await shop.propose(rulesOf({ checkout: flag(true) }))
      return publisher => submitRelease(publisher, one)
    },
  },
  'a release': {
    entries: 1,
    mark: release,
    async prepare(shop) {
      await submitRelease(shop.publisher(), await shop.propose(rulesOf({ checkout: flag(true) })))
      shop.clock.now += 60_000
      const two = await shop.propose(rulesOf({ checkout: flag(false) }))
      return publisher => submitRelease(publisher, two)
    },
  },
  'a stop': {
    entries: 1,
    mark: stops,
    async prepare(shop) {
      await submitRelease(shop.publisher(), await shop.propose(rulesOf({ checkout: flag(true) })))
      const stop = await shop.stop(['checkout'])
      return publisher => submitStop(publisher, stop)
    },
  },
  'an event': {
    entries: 2,
    mark: async () => undefined,
    async prepare(shop) {
      await submitRelease(shop.publisher(), await shop.propose(rulesOf({ checkout: flag(true) })))
      const { ground } = await readStandpoint(shop.view())
      const event = await sealStatement(
        {
          type: 'event',
          spec: 1,
          genesis: ground.genesis,
          project: 'shop',
          environment: 'production',
          created: formatTime(shop.now()),
          action: 'drill',
          subject: null,
          reason: 'quarterly',
        } as never,
        [shop.cast.dave!],
        shop.iat(),
      )
      return publisher => submitEvent(publisher, event)
    },
  },
  'a refresh': {
    entries: 0,
    mark: async () => undefined,
    async prepare(shop) {
      await submitRelease(shop.publisher(), await shop.propose(rulesOf({ checkout: flag(true) })))
      return publisher => refreshHead(publisher)
    },
  },
}

const logOf = async (shop: Shop) => {
  const { base, environment, source } = await readCurrent(shop.publisher())
  const entries: string[] = []
  const place = { environment: 'production', epoch: environment.epoch, tree: base.tree }
  for await (const { bytes } of entriesBackwards(source, place)) entries.unshift(new TextDecoder().decode(bytes))
  return entries
}

describe.each(Object.entries(DEEDS))('a kill during %s', (_, deed) => {
  // After one write is before the next.
  it('after each write leaves a valid state, and the same again finishes it', async () => {
    const dry = await openShop()
    const counted = dyingStore(dry.store, 0)
    await (await deed.prepare(dry))({ ...dry.publisher(), store: counted })
    expect(counted.writes()).toBeGreaterThan(1)
    for (let at = 1; at <= counted.writes(); at++) {
      const shop = await openShop()
      const act = await deed.prepare(shop)
      const [markBefore, logBefore] = [await deed.mark(shop), await logOf(shop)]
      const dying = dyingStore(shop.store, at)
      await expect(act({ ...shop.publisher(), store: dying })).rejects.toThrow(Died)

      // What clients see is what was, or what shall be; it verifies in any case.
      const { state } = await readStandpoint(shop.view())
      const markNow = await deed.mark(shop)
      shop.clock.now += 5_000
      const receipt = await act(shop.publisher())
      expect([markBefore, await deed.mark(shop)]).toContainEqual(markNow)
      if (state !== undefined) expect(receipt.sequence).toBeGreaterThanOrEqual(state.head.sequence)
      expect(await logOf(shop)).toHaveLength(logBefore.length + deed.entries)
      expect((await logOf(shop)).slice(0, logBefore.length)).toEqual(logBefore)
      expect(await readStandpoint(shop.view())).toMatchObject({ state: { stale: false } })
    }
  })
})

describe('an append that was cut off', () => {
  it('is completed by whoever publishes next, before anything else', async () => {
    const shop = await openShop()
    await submitRelease(shop.publisher(), await shop.propose(rulesOf({ checkout: flag(true) })))
    const two = await shop.propose(rulesOf({ checkout: flag(false) }))
    const stop = await shop.stop(['other'])
    const writes = dyingStore(shop.store, 0)
    // Index, part, manifest, release: the fifth write fixes the order.
    const dying = dyingStore(shop.store, 5)
    await expect(submitRelease({ ...shop.publisher(), store: dying }, two)).rejects.toThrow(Died)
    expect(await release(shop)).toBe(1)
    const receipt = await submitStop({ ...shop.publisher(), store: writes }, stop)
    expect(receipt).toMatchObject({ release: { version: 2 }, stop: { version: 1 }, log: { size: 3 } })
    expect(receipt.notices).toMatchObject([{ code: 'completed' }])
  })
})
