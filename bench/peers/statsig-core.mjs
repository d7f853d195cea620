// A native binary. Network off, the specs come from a data store; the calls log no exposure. Users are native
// objects, made outside the timing.
import { createRequire } from 'node:module'
import { KINDS, mapped } from './statsig-specs.mjs'
import { MANY } from './work.mjs'

const { Statsig, StatsigUser } = createRequire(import.meta.url)('@statsig/statsig-node-core')

export const name = '@statsig/statsig-node-core'

export async function open() {
  const specs = mapped([...KINDS.map(kind => ({ key: kind, kind })), ...MANY])
  const dataStore = {
    async initialize() {},
    async shutdown() {},
    async get() {
      return { result: specs, time: 1_767_225_600_000 }
    },
    async set() {},
    async supportPollingUpdatesFor() {
      return false
    },
  }
  const client = new Statsig('secret-bench', { dataStore, disableNetwork: true, disableAllLogging: true, outputLogLevel: 'none' })
  await client.initialize()
  const quiet = { disableExposureLogging: true }
  const gate = (key, c) => client.checkGate(c, key, quiet)
  const text = (key, c) => client.getDynamicConfig(c, key, quiet).value.v
  return {
    context: ({ userId, country, plan, appVersion }) => new StatsigUser({ userID: userId, country, appVersion, custom: { plan } }),
    W1: c => gate('W1', c),
    W2: c => gate('W2', c),
    W3: c => gate('W3', c),
    W4: c => gate('W4', c),
    W5: c => text('W5', c),
    W6: c => {
      let on = 0
      for (const flag of MANY) if (flag.kind === 'W5' ? text(flag.key, c) : gate(flag.key, c)) on++
      return on
    },
    close: () => client.shutdown(),
  }
}
