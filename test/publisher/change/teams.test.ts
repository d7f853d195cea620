import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { approve, submissionOf } from '../../../src/publisher/change/approve.ts'
import { readChange, writeChange, writeRound } from '../../../src/publisher/change/change.ts'
import { openChange } from '../../../src/publisher/change/own.ts'
import { type Patch, patchOf } from '../../../src/publisher/change/patch.ts'
import { propose, type Telling } from '../../../src/publisher/change/propose.ts'
import { type Review, review, reviewOwn } from '../../../src/publisher/change/review.ts'
import { joinChanges } from '../../../src/publisher/change/train.ts'
import { NO_ARTIFACTS } from '../../../src/publisher/manifest/types.ts'
import { submitRelease } from '../../../src/publisher/publish/submit.ts'
import { DAY, flag, openShop, rulesOf } from '../support/shop.ts'

const TEAMS = ['cart', 'search', 'pay', 'mail', 'web']
const made: string[] = []
afterAll(() => Promise.all(made.map(path => rm(path, { recursive: true, force: true }))))

async function setUp() {
  const workspace = await mkdtemp(join(tmpdir(), 'ensign-teams-'))
  made.push(workspace)
  const shop = await openShop()
  const flags = Object.fromEntries(
    TEAMS.flatMap(team => Array.from({ length: 10 }, (_, i) => [`${team}-${i}`, flag(false)])),
  )
  await submitRelease(shop.publisher(), await shop.propose(rulesOf(flags)))
  shop.clock.now += 60_000
  let signatures = 0
  const telling = (reason: string): Telling => ({
    actor: { id: 'alice', display_name: 'Alice', auth_method: 'key' },
    story: () => ({ reason, artifacts: NO_ARTIFACTS }),
    checks: { lint: { errors: 0, warnings: 0 }, tests: { passed: 0, failed: 0, flags: [] } },
    source: { repository: null, commit: null, ci_run: null },
  })
  const build = (id: string, patch: Patch, told: Telling, train: string[] = []) => {
    signatures++
    const effective = { from: shop.now(), until: shop.now() + DAY }
    return propose(shop.view(), { id, patch, effective, telling: told, train }, shop.cast.alice!)
  }
  const sign = async (id: string) => {
    const seen = await review(shop.view(), await readChange(workspace, id))
    signatures++
    await approve(shop.view(), seen, shop.cast.bob!)
    return seen
  }
  const publish = async (id: string) => submitRelease(shop.publisher(), submissionOf(await readChange(workspace, id)))
  const turnOn = (key: string) => patchOf(rulesOf({ [key]: flag(false) }), rulesOf({ [key]: flag(true) }))
  return { workspace, shop, telling, build, sign, publish, turnOn, signed: () => signatures }
}

describe('five teams with ten changes each in a day', () => {
  it('travel in five trains: each author signs his change, and a train takes two signatures', async () => {
    const { workspace, shop, telling, build, sign, publish, turnOn, signed } = await setUp()
    for (const team of TEAMS) {
      for (let i = 0; i < 10; i++) {
        const key = `${team}-${i}`
        await writeChange(workspace, await build(key, turnOn(key), telling(`why ${key}`)))
      }
    }
    for (let wave = 0; wave < 5; wave++) {
      const ids = TEAMS.flatMap(team => [`${team}-${wave * 2}`, `${team}-${wave * 2 + 1}`])
      const opened = []
      for (const id of ids) opened.push(await openChange(shop.view(), await readChange(workspace, id)))
      const { patch, story } = joinChanges(opened)
      const id = `train-${wave}`
      await writeChange(workspace, await build(id, patch, { ...telling(''), story }, ids))
      const seen = await sign(id)
      expect(seen.manifest.events.map(event => event.reason)).toContain(`why cart-${wave * 2} (cart-${wave * 2})`)
      expect(seen.manifest.events).toHaveLength(10)
      expect(await publish(id)).toMatchObject({ release: { version: wave + 2 } })
      shop.clock.now += 60_000
    }
    // 50 authors, and an author and an approver for each train; one by one, every change would be signed anew each time.
    expect(signed()).toBe(60)
  })
})

describe('a change whose base has moved', () => {
  it('is put on top, is the same to the byte, and says who had approved it', async () => {
    const { workspace, shop, telling, build, sign, publish, turnOn } = await setUp()
    for (const id of ['cart-1', 'pay-1']) await writeChange(workspace, await build(id, turnOn(id), telling(id)))
    await sign('cart-1')
    await sign('pay-1')
    await publish('pay-1')
    await expect(publish('cart-1')).rejects.toMatchObject({ code: 'release_passed' })
    const before = await readChange(workspace, 'cart-1')
    await expect(review(shop.view(), before)).rejects.toMatchObject({ code: 'change_moved' })
    const { patch } = await openChange(shop.view(), before)
    await writeRound(before, await build('cart-1', patch, telling('cart-1')))
    const seen = await sign('cart-1')
    expect(seen.carried).toEqual(['bob'])
    expect(seen.approvals.given).toEqual([])
    expect(await publish('cart-1')).toMatchObject({ release: { version: 3 } })
  })

  it('is a conflict where the same flag was edited', async () => {
    const { shop, telling, build, turnOn } = await setUp()
    const other = patchOf(rulesOf({ 'cart-1': flag(true) }), rulesOf({}))
    await expect(build('x', other, telling('x'))).rejects.toMatchObject({ code: 'change_conflict' })
    expect(turnOn('cart-1').flags).toHaveProperty('cart-1')
    expect(shop.project).toBe('shop')
  })
})

describe('what the author is shown', () => {
  it('is what whoever reads the files computes', async () => {
    const { workspace, shop, telling, build, turnOn, sign } = await setUp()
    const own = await build('cart-1', turnOn('cart-1'), telling('why'))
    const written = await writeChange(workspace, own)
    const read = await readChange(workspace, 'cart-1')
    expect(written).toEqual(read)
    const told = async (seen: Promise<Review>) => ({ ...(await seen), standpoint: undefined })
    expect(await told(reviewOwn(shop.view(), written, own))).toEqual(await told(review(shop.view(), read)))
    await sign('cart-1')
    const again = await build('cart-1', turnOn('cart-1'), telling('why'))
    const round = await writeRound(await readChange(workspace, 'cart-1'), again)
    const reread = await readChange(workspace, 'cart-1')
    expect(round).toEqual(reread)
    expect(await told(reviewOwn(shop.view(), round, again))).toEqual(await told(review(shop.view(), reread)))
  })

  it('is refused before it is signed where nobody could read it', async () => {
    const { build, turnOn, telling } = await setUp()
    const before = turnOn('cart-1')
    const after = { ...(before.flags['cart-1']!.after as object), salt: 5 }
    const broken = { ...before, flags: { 'cart-1': { ...before.flags['cart-1']!, after } } } as unknown as Patch
    await expect(build('x', broken, telling('why'))).rejects.toMatchObject({ code: 'rules' })
    await expect(build('y', before, telling('w'.repeat(4001)))).rejects.toMatchObject({ code: 'schema' })
  })
})

describe('an edit of a proposed change', () => {
  it('voids its signatures', async () => {
    const { workspace, shop, telling, build, turnOn } = await setUp()
    await writeChange(workspace, await build('cart-1', turnOn('cart-1'), telling('why')))
    const change = await readChange(workspace, 'cart-1')
    const text = new TextDecoder().decode(change.payloadBytes).replace('"version":2', '"version":3')
    const edited = { ...change, payloadBytes: new TextEncoder().encode(text) }
    await expect(submitRelease(shop.publisher(), submissionOf(edited))).rejects.toMatchObject({ code: 'release_fork' })
    const other = new TextDecoder()
      .decode(change.payloadBytes)
      .replace(/"until":"[^"]+"/, '"until":"2026-11-25T00:00:00Z"')
    const later = { ...change, payloadBytes: new TextEncoder().encode(other) }
    await expect(submitRelease(shop.publisher(), submissionOf(later))).rejects.toMatchObject({ code: 'signature' })
  })
})
