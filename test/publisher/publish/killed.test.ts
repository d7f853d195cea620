import { spawnSync } from 'node:child_process'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readStandpoint } from '../../../src/publisher/change/ground.ts'
import { storeSource } from '../../../src/publisher/publish/sources.ts'
import { submitRelease } from '../../../src/publisher/publish/submit.ts'
import { folderStore } from '../../../src/publisher/stores/folder.ts'
import { generateKey, localSigner } from '../../../src/trust/signer.ts'
import { theCast } from '../../support/cast.ts'
import { bundleScript } from '../../support/child.ts'
import { flag, openShop, rulesOf } from '../support/shop.ts'

it('a process that is killed after any write of a stop leaves the folder good, and the same command finishes it', async () => {
  const place = await mkdtemp(join(tmpdir(), 'ensign-killed-'))
  const keys = { head: await generateKey('Ed25519'), log: await generateKey('Ed25519') }
  const [publisher, log] = await Promise.all([localSigner(keys.head, 'publisher'), localSigner(keys.log, 'log')])
  const base = join(place, 'base')
  const shop = await openShop({ store: folderStore(base), cast: { ...(await theCast()), publisher, log } })
  await submitRelease(shop.publisher(), await shop.propose(rulesOf({ checkout: flag(true) })))
  const stop = Buffer.from(await shop.stop(['checkout'])).toString('base64')
  const script = await bundleScript(join(import.meta.dirname, 'killed.ts'))
  const run = async (folder: string, at: number) => {
    const order = { folder, root: Buffer.from(shop.root).toString('base64'), stop, now: shop.now(), keys }
    await writeFile(join(place, 'order.json'), JSON.stringify(order))
    return spawnSync(process.execPath, [script.path, join(place, 'order.json'), String(at)], { encoding: 'utf8' })
  }
  await cp(base, join(place, 'dry'), { recursive: true })
  const { writes } = JSON.parse((await run(join(place, 'dry'), 0)).stdout) as { writes: number }
  expect(writes).toBeGreaterThan(4)
  for (let at = 1; at <= writes; at++) {
    const folder = join(place, `kill-${at}`)
    await cp(base, folder, { recursive: true })
    expect((await run(folder, at)).signal).toBe('SIGKILL')
    const view = { ...shop.view(), source: storeSource(folderStore(folder), 'shop') }
    expect((await readStandpoint(view)).state).toMatchObject({ release: { version: 1 } })
    expect(JSON.parse((await run(folder, 0)).stdout)).toMatchObject({ size: 2 })
    expect((await readStandpoint(view)).state).toMatchObject({ stops: [{ version: 1 }], head: { log: { size: 2 } } })
  }
  await script.remove()
  await rm(place, { recursive: true, force: true })
})
