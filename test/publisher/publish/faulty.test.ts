import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { headIdOf } from '../../../src/adapters/serve/headid.ts'
import { auditLog } from '../../../src/publisher/audit/verify.ts'
import { readCurrent } from '../../../src/publisher/publish/current.ts'
import { localDesk } from '../../../src/publisher/publish/desk.ts'
import { createKept } from '../../../src/publisher/publish/kept.ts'
import { processSeen } from '../../../src/publisher/publish/seen.ts'
import { storeSource } from '../../../src/publisher/publish/sources.ts'
import { refreshHead } from '../../../src/publisher/publish/submit.ts'
import type { Publisher } from '../../../src/publisher/publish/types.ts'
import { folderStore } from '../../../src/publisher/stores/folder.ts'
import type { Store } from '../../../src/publisher/stores/store.ts'
import { createRandom } from '../../fuzz/random.ts'
import { flag, openShop, rulesOf } from '../support/shop.ts'

const KEYS = Array.from({ length: 12 }, (_, n) => `flag-${n}`)
const rulesWithout = (off: number) => rulesOf(Object.fromEntries(KEYS.map((key, n) => [key, flag(n !== off)])))

it('leaves a sound log and nothing else, where several publish at once and a disk fails before and after it writes', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'ensign-faulty-'))
  const random = createRandom(7)
  let failing = true
  const disk = (when: string) => {
    if (failing && random.chance(12)) throw Object.assign(new Error(when), { code: 'EIO' })
  }
  const faulty = (): Store => {
    const plain = folderStore(directory)
    return {
      ...plain,
      async put(path, bytes, condition) {
        disk('before')
        const tag = await plain.put(path, bytes, condition)
        disk('after')
        return tag
      },
    }
  }
  const shop = await openShop({ store: folderStore(directory) })
  const sound = localDesk(shop.publisher())
  await sound.release(await shop.propose(rulesWithout(-1)))
  const told: number[][] = []
  // Two that go on running, and one that reads everything each time.
  const publishers = [true, true, false].map((goesOn): Publisher => {
    const mine: number[] = []
    told.push(mine)
    const onHead = async (head: Uint8Array) => void mine.push(headIdOf(head)!.sequence)
    const publisher = { ...shop.publisher(), store: faulty(), seen: processSeen(), onHead }
    return goesOn ? { ...publisher, kept: createKept() } : publisher
  })
  const codes = new Set<string>()
  const work = async (publisher: Publisher) => {
    const desk = localDesk(publisher)
    const deeds = [
      async () => refreshHead(publisher),
      async () => desk.release(await shop.propose(rulesWithout(random.int(KEYS.length)))),
      async () => desk.stop(await shop.stop([random.pick(KEYS)])),
    ]
    for (let n = 0; n < 8; n++) {
      const deed = random.pick(deeds)
      codes.add(
        await deed().then(
          receipt => receipt.outcome,
          (error: { code: string }) => error.code,
        ),
      )
    }
  }
  await Promise.all(publishers.map(work))
  expect([...codes]).toEqual(expect.arrayContaining(['published', 'EIO']))
  failing = false
  for (const publisher of publishers) expect((await refreshHead(publisher)).outcome).toBe('published')
  expect((await sound.release(await shop.propose(rulesOf({ last: flag(true) })))).outcome).toBe('published')
  const { head } = await readCurrent(shop.publisher())
  const source = storeSource(shop.store, 'shop')
  const report = await auditLog({ source, project: 'shop', pin: shop.root, head: head! }, shop.now())
  expect(report.findings).toEqual([])
  for (const one of told) expect(one).toEqual([...one].sort((a, b) => a - b))
  await expect.poll(() => readdir(join(directory, '.ensign', 'tmp'))).toEqual([])
  await rm(directory, { recursive: true, force: true })
}, 60_000)
