// Local mode and bootstrap values; the calls that log no exposure.
import { createRequire } from 'node:module'
import { inline, KINDS } from './statsig-specs.mjs'
import { MANY } from './work.mjs'

const { StatsigServer } = createRequire(import.meta.url)('statsig-node')

export const name = 'statsig-node'

export async function open() {
  const bootstrapValues = inline([...KINDS.map(kind => ({ key: kind, kind })), ...MANY])
  const client = new StatsigServer('secret-bench', {
    localMode: true,
    bootstrapValues,
    disableDiagnostics: true,
    initStrategyForIDLists: 'none',
    initStrategyForIP3Country: 'none',
  })
  await client.initializeAsync()
  const gate = (key, c) => client.checkGateWithExposureLoggingDisabledSync(c, key)
  const text = (key, c) => client.getConfigWithExposureLoggingDisabledSync(c, key).value.v
  return {
    context: ({ userId, country, plan, appVersion }) => ({ userID: userId, country, appVersion, custom: { plan } }),
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
