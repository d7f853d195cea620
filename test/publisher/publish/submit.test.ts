import { describe, expect, it } from 'vitest'
import { readStandpoint } from '../../../src/publisher/change/ground.ts'
import { refreshHead, submitRelease, submitStop } from '../../../src/publisher/publish/submit.ts'
import { flag, openShop, rulesOf } from '../support/shop.ts'

describe('a release', () => {
  it('is put in force, and the same again changes nothing', async () => {
    const shop = await openShop()
    const one = await shop.propose(rulesOf({ checkout: flag(true) }))
    const receipt = await submitRelease(shop.publisher(), one)
    expect(receipt).toMatchObject({ outcome: 'published', release: { version: 1 }, sequence: 1, log: { size: 1 } })
    const again = await submitRelease(shop.publisher(), one)
    expect(again).toMatchObject({ outcome: 'unchanged', sequence: 1, log: { size: 1 } })
    const { state } = await readStandpoint(shop.view())
    expect(state?.release.version).toBe(1)
  })

  it('follows the one before', async () => {
    const shop = await openShop()
    await submitRelease(shop.publisher(), await shop.propose(rulesOf({ checkout: flag(true) })))
    shop.clock.now += 60_000
    const left = await shop.propose(rulesOf({ checkout: flag(false) }))
    const right = await shop.propose(rulesOf({ checkout: flag(true), other: flag(true) }))
    expect(await submitRelease(shop.publisher(), left)).toMatchObject({ release: { version: 2 }, log: { size: 2 } })
    await expect(submitRelease(shop.publisher(), right)).rejects.toMatchObject({ code: 'release_passed' })
  })

  it('stops and refreshes', async () => {
    const shop = await openShop()
    await submitRelease(shop.publisher(), await shop.propose(rulesOf({ checkout: flag(true) })))
    const stop = await shop.stop(['checkout'])
    expect(await submitStop(shop.publisher(), stop)).toMatchObject({ stop: { version: 1 }, log: { size: 2 } })
    expect(await submitStop(shop.publisher(), stop)).toMatchObject({ outcome: 'unchanged', log: { size: 2 } })
    shop.clock.now += 60_000
    expect(await refreshHead(shop.publisher())).toMatchObject({ sequence: 3, log: { size: 2 } })
  })
})
