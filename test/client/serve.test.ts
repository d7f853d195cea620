import { afterEach, expect, it } from 'vitest'
import { sourceFiles } from '../../src/adapters/serve/files.ts'
import { listen, type Running } from '../serve/support.ts'
import { cleanUp, clientOf, flagsOf, until, worldWith } from './support.ts'

const running: Running[] = []
afterEach(async () => {
  await cleanUp()
  await Promise.all(running.splice(0).map(server => server.close()))
})

it('client and server speak to each other: bundle, tags, compression, stream', async () => {
  const keys = Array.from({ length: 200 }, (_, i) => `flag-${i}`)
  const world = await worldWith(...keys)
  world.store.set('production/bundle.ndjson', await world.bundle())
  let tell = (_head: Uint8Array) => {}
  const source = {
    ...world.source,
    watch(_: string, onHead: (head: Uint8Array) => void) {
      tell = onHead
      return () => undefined
    },
  }
  const server = await listen({ store: sourceFiles({ shop: source }), recheckMs: 10 })
  running.push(server)
  const { client } = clientOf(world, { url: `${server.url}/`, mode: 'stream', pollInterval: 3_600_000 })
  expect(await client.ready()).toMatchObject({ ok: true, status: 'current', source: 'network', problems: [] })
  expect(client.isEnabled('flag-199')).toBe(true)
  await until(() => server.handler.core.hubs.size() === 1, 'a stream')
  world.wait()
  await world.release('production', {
    flags: { ...flagsOf(...keys), 'flag-7': { ...flagsOf('flag-7')['flag-7']!, on: false } },
  })
  tell(world.store.get('production/head.json')!)
  await until(() => !client.isEnabled('flag-7'))
  world.wait()
  await world.stop('production', { flags: ['flag-8'] })
  tell(world.store.get('production/head.json')!)
  await until(() => !client.isEnabled('flag-8'))
  expect(client.isEnabled('flag-9')).toBe(true)
  expect(await client.refresh()).toMatchObject({ ok: true, status: 'current' })
  await client.close()
  await until(() => server.handler.core.hubs.size() === 0, 'no stream')
})
