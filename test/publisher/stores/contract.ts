import { describe, expect, it } from 'vitest'
import { utf8 } from '../../../src/base/bytes.ts'
import { isConflict, putForward, putOnce } from '../../../src/publisher/stores/files.ts'
import type { Store } from '../../../src/publisher/stores/store.ts'

const PATH = 'v1/shop/production/head.json'
const text = (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : new TextDecoder().decode(bytes))

/** What every store must do, whatever holds its bytes. */
export function storeContract(name: string, make: () => Promise<Store>): void {
  describe(`store contract: ${name}`, () => {
    it('has nothing at first', async () => {
      expect(await (await make()).get(PATH)).toBeUndefined()
    })

    it('gives back what was put, under the tag that put told', async () => {
      const store = await make()
      const tag = await store.put(PATH, utf8('one'), { ifNoneMatch: true })
      const there = await store.get(PATH)
      expect(text(there?.bytes)).toBe('one')
      expect(there?.tag).toBe(tag)
    })

    it('keeps an empty file', async () => {
      const store = await make()
      await store.put(PATH, new Uint8Array(0), { ifNoneMatch: true })
      expect((await store.get(PATH))?.bytes.length).toBe(0)
    })

    it('does not put over a file that is there', async () => {
      const store = await make()
      await store.put(PATH, utf8('one'), { ifNoneMatch: true })
      await expect(store.put(PATH, utf8('two'), { ifNoneMatch: true })).rejects.toSatisfy(isConflict)
      expect(text((await store.get(PATH))?.bytes)).toBe('one')
    })

    it('swaps only over the tag that was read', async () => {
      const store = await make()
      const first = await store.put(PATH, utf8('one'), { ifNoneMatch: true })
      const second = await store.put(PATH, utf8('two'), { ifMatch: first })
      await expect(store.put(PATH, utf8('three'), { ifMatch: first })).rejects.toSatisfy(isConflict)
      expect(text((await store.get(PATH))?.bytes)).toBe('two')
      await store.put(PATH, utf8('three'), { ifMatch: second })
      expect(text((await store.get(PATH))?.bytes)).toBe('three')
    })

    it('does not swap where nothing is', async () => {
      const store = await make()
      await expect(store.put(PATH, utf8('one'), { ifMatch: 'x' })).rejects.toSatisfy(isConflict)
      expect(await store.get(PATH)).toBeUndefined()
    })

    it('lets one of many writers win', async () => {
      const store = await make()
      const tag = await store.put(PATH, utf8('start'), { ifNoneMatch: true })
      const tries = await Promise.allSettled(
        Array.from({ length: 12 }, (_, i) => store.put(PATH, utf8(`writer ${i}`), { ifMatch: tag })),
      )
      expect(tries.filter(one => one.status === 'fulfilled')).toHaveLength(1)
      const winner = tries.findIndex(one => one.status === 'fulfilled')
      expect(text((await store.get(PATH))?.bytes)).toBe(`writer ${winner}`)
      const fresh = await Promise.allSettled(
        Array.from({ length: 12 }, (_, i) => store.put('v1/shop/roots/1.json', utf8(`${i}`), { ifNoneMatch: true })),
      )
      expect(fresh.filter(one => one.status === 'fulfilled')).toHaveLength(1)
    })

    it('is not changed by what the caller does with the bytes', async () => {
      const store = await make()
      const bytes = utf8('one')
      await store.put(PATH, bytes, { ifNoneMatch: true })
      bytes[0] = 0
      const there = await store.get(PATH)
      there!.bytes[1] = 0
      expect(text((await store.get(PATH))?.bytes)).toBe('one')
    })

    it('stops reading beyond the cap', async () => {
      const store = await make()
      await store.put(PATH, new Uint8Array(100), { ifNoneMatch: true })
      await expect(store.get(PATH, { maxBytes: 99 })).rejects.toMatchObject({ code: 'too_large' })
      expect((await store.get(PATH, { maxBytes: 100 }))?.bytes.length).toBe(100)
    })

    it.each(['../x', 'a/../../x', '/etc/passwd', 'a//b', '', '.ensign/lock/1', 'a/.b', 'a\\b', 'a/b\0', 'a/%2e%2e/b'])(
      'refuses the path %j',
      async path => {
        const store = await make()
        await expect(store.get(path)).rejects.toMatchObject({ code: 'store_path' })
        await expect(store.put(path, utf8('x'), { ifNoneMatch: true })).rejects.toMatchObject({ code: 'store_path' })
      },
    )

    it('tells of changes, until told to stop', async () => {
      const store = await make()
      if (store.watch === undefined) return
      let tag = await store.put(PATH, utf8('one'), { ifNoneMatch: true })
      let heard: () => void = () => undefined
      const stop = store.watch(PATH, () => heard())
      const next = new Promise<void>(resolve => {
        heard = resolve
      })
      tag = await store.put(PATH, utf8('two'), { ifMatch: tag })
      await next
      stop()
      let after = 0
      heard = () => {
        after++
      }
      await store.put(PATH, utf8('three'), { ifMatch: tag })
      await new Promise(resolve => setTimeout(resolve, 20))
      expect(after).toBe(0)
    })

    it('writes once: the same bytes again are fine, others are not', async () => {
      const store = await make()
      expect(await putOnce(store, PATH, utf8('one'))).toBe(true)
      expect(await putOnce(store, PATH, utf8('one'))).toBe(false)
      await expect(putOnce(store, PATH, utf8('two'))).rejects.toSatisfy(isConflict)
    })

    it('brings a derived file forward and never back', async () => {
      const store = await make()
      const put = (n: number) => putForward(store, PATH, utf8(`${n}`), there => Number(text(there)) < n)
      await Promise.all([3, 1, 5, 2, 4].map(put))
      expect(text((await store.get(PATH))?.bytes)).toBe('5')
    })
  })
}
