import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fileSeen, processSeen, type Seen, seenFile } from '../../../src/publisher/publish/seen.ts'
import { refreshHead, submitEvent, submitRelease, submitStop } from '../../../src/publisher/publish/submit.ts'
import type { Publisher } from '../../../src/publisher/publish/types.ts'
import { memoryStore } from '../../../src/publisher/stores/memory.ts'
import type { Store } from '../../../src/publisher/stores/store.ts'
import { folderOf } from '../support/folder.ts'
import { flag, openShop, rulesOf } from '../support/shop.ts'

/** A store that can be put back to what it held before, as a backup or an intruder would. */
function backedUp() {
  let inner = memoryStore()
  let files = new Map<string, Uint8Array>()
  const written = new Set<string>()
  const store: Store = {
    get: (path, options) => inner.get(path, options),
    async put(path, bytes, condition) {
      written.add(path)
      return inner.put(path, bytes, condition)
    },
  }
  return {
    store,
    async backUp() {
      files = new Map()
      for (const path of written) files.set(path, (await inner.get(path))!.bytes)
    },
    async restore(only: (path: string) => boolean = () => true) {
      const old = inner
      inner = memoryStore()
      for (const path of written) {
        const bytes = only(path) ? files.get(path) : (await old.get(path))!.bytes
        if (bytes !== undefined) await inner.put(path, bytes, { ifNoneMatch: true })
      }
    },
  }
}

const KINDS: readonly (readonly [string, () => Seen])[] = [
  ['in a file', () => fileSeen(seenFile(folderOf({}), 'production'))],
  ['in the process', processSeen],
]

describe.each(KINDS)('what a publisher has seen, %s', (_, open) => {
  const running = async (seen = open()) => {
    const { store, backUp, restore } = backedUp()
    const shop = await openShop({ store })
    const publisher: Publisher = { ...shop.publisher(), seen }
    await submitRelease(publisher, await shop.propose(rulesOf({ checkout: flag(true) })))
    shop.clock.now += 60_000
    return { shop, publisher, backUp, restore }
  }

  it('lets it go on where it was, and where others have gone on', async () => {
    const { shop, publisher } = await running()
    const other = { ...publisher, seen: processSeen() }
    await submitRelease(other, await shop.propose(rulesOf({ checkout: flag(false) })))
    shop.clock.now += 60_000
    await submitStop(publisher, await shop.stop(['checkout']))
    expect(await refreshHead(other)).toMatchObject({ sequence: 4, release: { version: 2 }, stop: { version: 1 } })
  })

  it('keeps it from building on a store that was put back', async () => {
    const { shop, publisher, backUp, restore } = await running()
    await backUp()
    await submitRelease(publisher, await shop.propose(rulesOf({ checkout: flag(false) })))
    await restore()
    shop.clock.now += 60_000
    const behind = { code: 'store_went_back', at: 'production/head.json' }
    await expect(refreshHead(publisher)).rejects.toMatchObject(behind)
    await expect(submitStop(publisher, await shop.stop(['checkout']))).rejects.toMatchObject(behind)
    await expect(submitEvent(publisher, await shop.event('drill', null))).rejects.toMatchObject(behind)
    const forked = submitRelease(publisher, await shop.propose(rulesOf({ checkout: flag(true), other: flag(true) })))
    await expect(forked).rejects.toMatchObject(behind)
    // One that has seen nothing does not notice: this is what the memory is for.
    expect(await refreshHead({ ...publisher, seen: processSeen() })).toMatchObject({ sequence: 2 })
    await expect(refreshHead(publisher)).rejects.toMatchObject(behind)
  })

  it('keeps it from building on an older head over a newer log, and on no head at all', async () => {
    const { shop, publisher, backUp, restore } = await running()
    await backUp()
    await refreshHead(publisher)
    await restore(path => path.endsWith('/head.json'))
    await expect(refreshHead(publisher)).rejects.toMatchObject({ code: 'store_went_back' })
    const empty = await openShop({ cast: shop.cast })
    const first = submitRelease({ ...publisher, store: empty.store }, await empty.propose(rulesOf({})))
    await expect(first).rejects.toMatchObject({ code: 'store_went_back' })
  })
})

describe('the file of what was seen', () => {
  it('never goes back, and is refused where it is none', async () => {
    const dir = folderOf({})
    const path = seenFile(dir, 'production')
    const shop = await openShop()
    const publisher: Publisher = { ...shop.publisher(), seen: fileSeen(path) }
    await submitRelease(publisher, await shop.propose(rulesOf({ checkout: flag(true) })))
    const first = (await fileSeen(path).load())!
    await refreshHead(publisher)
    await fileSeen(path).save(first)
    expect(await fileSeen(path).load()).toMatchObject({ epoch: 1, sequence: 2 })
    writeFileSync(path, '{"epoch":1}')
    await expect(refreshHead(publisher)).rejects.toMatchObject({ code: 'schema' })
    rmSync(join(dir, '.ensign'), { recursive: true })
    expect(await refreshHead(publisher)).toMatchObject({ sequence: 3 })
  })
})
