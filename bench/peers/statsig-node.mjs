// Local mode and bootstrap values; the calls that log no exposure.
import { createRequire } from 'node:module'
import { contender } from './lib/contender.mjs'
import { inline } from './lib/statsig-specs.mjs'

const { StatsigServer } = createRequire(import.meta.url)('statsig-node')

export const name = 'statsig-node'

export const document = inline

export async function load(bootstrapValues) {
  const client = new StatsigServer('secret-bench', {
    localMode: true,
    bootstrapValues,
    disableDiagnostics: true,
    initStrategyForIDLists: 'none',
    initStrategyForIP3Country: 'none',
  })
  await client.initializeAsync()
  return {
    context: ({ userId, country, appVersion, ...custom }) => ({ userID: userId, country, appVersion, custom }),
    isOn: (key, c) => client.checkGateWithExposureLoggingDisabledSync(c, key),
    variant: (key, c) => client.getConfigWithExposureLoggingDisabledSync(c, key).value.v,
    close: () => client.shutdown(),
  }
}

export const setup = workload => contender(workload, { name, document, load })
