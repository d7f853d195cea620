// A native binary. Network off, the specs come from a data store; the calls log no exposure. Users are native
// objects, made outside the timing.
import { createRequire } from 'node:module'
import { contender } from './lib/contender.mjs'
import { mapped } from './lib/statsig-specs.mjs'

const { Statsig, StatsigUser } = createRequire(import.meta.url)('@statsig/statsig-node-core')

export const name = '@statsig/statsig-node-core'

export const document = mapped

export async function load(text) {
  const dataStore = {
    async initialize() {},
    async shutdown() {},
    async get() {
      return { result: text, time: 1_767_225_600_000 }
    },
    async set() {},
    async supportPollingUpdatesFor() {
      return false
    },
  }
  const options = { dataStore, disableNetwork: true, disableAllLogging: true, outputLogLevel: 'none' }
  const client = new Statsig('secret-bench', options)
  await client.initialize()
  const quiet = { disableExposureLogging: true }
  return {
    context: ({ userId, country, appVersion, ...custom }) =>
      new StatsigUser({ userID: userId, country, appVersion, custom }),
    isOn: (key, c) => client.checkGate(c, key, quiet),
    variant: (key, c) => client.getDynamicConfig(c, key, quiet).value.v,
    close: () => client.shutdown(),
  }
}

export const setup = workload => contender(workload, { name, document, load })
