import { describe, expect, it } from 'vitest'
import { openState } from '../../../src/bundle/open.ts'
import {
  bodyOf,
  draftRoot,
  type RootBody,
  withEpoch,
  withKeys,
  withoutPerson,
} from '../../../src/publisher/ceremony/draft.ts'
import { openChain, publishRoot } from '../../../src/publisher/ceremony/publish.ts'
import { standingOf } from '../../../src/publisher/ceremony/standing.ts'
import { readStandpoint } from '../../../src/publisher/change/ground.ts'
import { projectPath } from '../../../src/publisher/publish/paths.ts'
import { storeSource } from '../../../src/publisher/publish/sources.ts'
import { refreshHead, submitRelease, submitStop } from '../../../src/publisher/publish/submit.ts'
import { sealStatement } from '../../../src/trust/seal.ts'
import { generateKey, localSigner } from '../../../src/trust/signer.ts'
import type { Standing } from '../../../src/trust/types.ts'
import { Died, dyingStore } from '../support/dying.ts'
import { flag, openShop, rulesOf, type Shop } from '../support/shop.ts'

async function nextRoot(
  shop: Shop,
  change: (body: RootBody) => RootBody,
  more: { signers?: string[]; standing?: boolean; size?: number } = {},
) {
  const source = storeSource(shop.store, shop.project)
  const current = await openChain(source, shop.project, shop.root)
  const standing = new Map<string, Standing | null>()
  for (const { name, standing: before } of current.payload.environments) {
    const size = name === 'production' ? more.size : undefined
    standing.set(name, more.standing === false ? before : await standingOf(source, current, name, size))
  }
  const payload = draftRoot(current, change(bodyOf(current.payload)), standing, { now: shop.now(), days: 365 })
  return sealStatement(
    payload,
    (more.signers ?? ['alice', 'bob']).map(name => shop.cast[name]!),
    shop.iat(),
  )
}

const publish = (shop: Shop, envelope: Uint8Array, orphan = false) =>
  publishRoot({ store: shop.store, project: shop.project, pin: shop.root, envelope, orphan })

const running = async () => {
  const shop = await openShop()
  await submitRelease(shop.publisher(), await shop.propose(rulesOf({ checkout: flag(true) })))
  shop.clock.now += 60_000
  await submitStop(shop.publisher(), await shop.stop(['checkout']))
  return shop
}

describe('an epoch that would begin with nothing', () => {
  it('is refused while nothing is known to stand, unless the environment is said to be empty', async () => {
    const shop = await running()
    const source = storeSource(shop.store, shop.project)
    const current = await openChain(source, shop.project, shop.root)
    const body = withEpoch(bodyOf(current.payload), 'production')
    const times = { now: shop.now(), days: 365 }
    expect(() => draftRoot(current, body, new Map(), times)).toThrow(
      expect.objectContaining({ code: 'standing_unknown' }),
    )
    expect(() => draftRoot(current, body, new Map(), { ...times, empty: new Set(['staging']) })).toThrow(
      expect.objectContaining({ code: 'standing_unknown' }),
    )
    const payload = draftRoot(current, body, new Map(), { ...times, empty: new Set(['production']) })
    expect(payload.environments.find(({ name }) => name === 'production')).toMatchObject({ epoch: 2, standing: null })
  })
})

describe('a new root', () => {
  it('fills in what stands, is logged by the next refresh, and clients take it', async () => {
    const shop = await running()
    await publish(shop, await nextRoot(shop, body => body))
    const receipt = await refreshHead(shop.publisher())
    expect(receipt).toMatchObject({ outcome: 'published', root: { version: 2 }, log: { size: 3 } })
    const { state } = await readStandpoint(shop.view())
    expect(state?.environment.standing).toMatchObject({
      release: { version: 1 },
      stop: { version: 1 },
      log: { size: 2 },
    })
    expect(await refreshHead(shop.publisher())).toMatchObject({ log: { size: 3 } })
  })

  it('lets a leaver go: what he signed stands, what he signs from now on is nothing', async () => {
    const shop = await running()
    await publish(
      shop,
      await nextRoot(shop, body => withoutPerson(withoutPerson(body, 'dave'), 'bob'), {
        signers: ['alice', 'bob', 'carol'],
      }),
    )
    await refreshHead(shop.publisher())
    const { state } = await readStandpoint(shop.view())
    expect(state).toMatchObject({ basis: 'standing', stops: [{ version: 1 }] })
    shop.clock.now += 60_000
    const forged = await shop.propose(rulesOf({}), { signers: ['alice', 'bob'] })
    await expect(submitRelease(shop.publisher(), forged)).rejects.toMatchObject({ code: 'threshold' })
    const good = await shop.propose(rulesOf({}), { signers: ['alice', 'carol'] })
    expect(await submitRelease(shop.publisher(), good)).toMatchObject({ release: { version: 2 } })
  })

  it('is refused where it would orphan what is in force, unless that is said', async () => {
    const shop = await running()
    const root = await nextRoot(shop, body => withoutPerson(body, 'bob'), {
      signers: ['alice', 'bob', 'carol'],
      standing: false,
    })
    await expect(publish(shop, root)).rejects.toMatchObject({ code: 'root_orphans' })
    await publish(shop, root, true)
    expect((await readStandpoint(shop.view())).state).toBeUndefined()
    shop.clock.now += 60_000
    const again = await shop.propose(rulesOf({}), { signers: ['alice', 'carol'] })
    expect(await submitRelease(shop.publisher(), again)).toMatchObject({ release: { version: 2 } })
    expect((await readStandpoint(shop.view())).state).toMatchObject({ basis: 'quorum' })
  })

  it('needs its quorum', async () => {
    const shop = await running()
    await expect(publish(shop, await nextRoot(shop, body => body, { signers: ['alice'] }))).rejects.toMatchObject({
      code: 'threshold_old',
    })
  })

  it('is published once, whatever is repeated', async () => {
    const shop = await running()
    const root = await nextRoot(shop, body => body)
    expect((await publish(shop, root)).payload.version).toBe(2)
    expect((await publish(shop, root)).payload.version).toBe(2)
  })
})

describe('a new epoch', () => {
  const stolen = async (shop: Shop, size?: number) => {
    const key = await localSigner(await generateKey('Ed25519'), 'publisher')
    const change = (body: RootBody) => withKeys(withEpoch(body, 'production'), 'publisher', [key.jwk])
    await publish(shop, await nextRoot(shop, change, size === undefined ? {} : { size }))
    return { ...shop.publisher(), keys: { ...shop.publisher().keys, head: key } }
  }

  it('goes on from what the root vouches for, under another origin and folder', async () => {
    const shop = await running()
    const before = (await readStandpoint(shop.view())).state!
    const publisher = await stolen(shop)
    const receipt = await refreshHead(publisher)
    expect(receipt).toMatchObject({ sequence: 1, log: { size: 3 }, release: { version: 1 }, stop: { version: 1 } })
    const client = await openState({ ...shop.view(), now: shop.now(), memory: before.memory })
    expect(client.head.epoch).toBe(2)
    expect(client.notices.map(({ code }) => code)).toContain('log_restarted')
    expect(await shop.store.get(projectPath('shop', 'production/log/2/checkpoint'))).toBeDefined()
    const next = await shop.propose(rulesOf({ checkout: flag(false) }))
    expect(await submitRelease(publisher, next)).toMatchObject({ release: { version: 2 }, log: { size: 4 } })
  })

  it('goes back behind what a thief had logged', async () => {
    const shop = await running()
    const thief = shop.publisher()
    shop.clock.now += 60_000
    await submitRelease(thief, await shop.propose(rulesOf({})))
    expect(await refreshHead(await stolen(shop, 2))).toMatchObject({ release: { version: 1 }, log: { size: 3 } })
  })

  it('is finished after a kill at any write', async () => {
    const dry = await running()
    const counted = dyingStore(dry.store, 0)
    await refreshHead({ ...(await stolen(dry)), store: counted })
    for (let at = 1; at <= counted.writes(); at++) {
      const shop = await running()
      const publisher = await stolen(shop)
      await expect(refreshHead({ ...publisher, store: dyingStore(shop.store, at) })).rejects.toThrow(Died)
      expect(await refreshHead(publisher)).toMatchObject({ log: { size: 3 }, root: { version: 2 } })
    }
  })
})
