import { expect, it } from 'vitest'
import { sharedSync } from '../../../src/publisher/stores/durable.ts'
import { eachAtOnce } from '../../../src/publisher/stores/each.ts'

it('syncs a folder once for all who asked before it began, and again for who asks while it runs', async () => {
  const runs: { folder: string; done: () => void; fail: (error: Error) => void }[] = []
  const sync = sharedSync(folder => new Promise((done, fail) => runs.push({ folder, done, fail })))
  const turn = () => new Promise(done => setImmediate(done))
  const first = [sync('a'), sync('a'), sync('b')]
  await turn()
  expect(runs.map(({ folder }) => folder)).toEqual(['a', 'b'])
  let isLateDone = false
  const late = sync('a').then(() => {
    isLateDone = true
  })
  await turn()
  expect(runs).toHaveLength(2)
  runs[1]!.done()
  runs[0]!.fail(new Error('disk'))
  expect((await Promise.allSettled(first)).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled'])
  await turn()
  // What failed for those before says nothing of the next one.
  expect([runs.length, isLateDone]).toEqual([3, false])
  runs[2]!.done()
  await late
})

it('works on several at a time, and throws what failed once nothing is under way', async () => {
  let under = 0
  let most = 0
  const done: number[] = []
  const work = async (n: number) => {
    most = Math.max(most, ++under)
    await new Promise(next => setImmediate(next))
    under--
    if (n === 20) throw new Error('twenty')
    done.push(n)
  }
  await expect(
    eachAtOnce(
      Array.from({ length: 100 }, (_, n) => n),
      work,
    ),
  ).rejects.toThrow('twenty')
  expect(under).toBe(0)
  expect(most).toBe(16)
  expect(done.length).toBeLessThan(99)
  await eachAtOnce([], () => Promise.reject(new Error('never')))
})
