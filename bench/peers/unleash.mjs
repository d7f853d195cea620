// Bootstrap data and nothing to fetch from: the one request that start() makes fails at once and is ignored.
import { InMemStorageProvider, Unleash } from 'unleash-client'
import { COUNTRIES, MINIMUM_VERSION, PLAN, SEGMENT, VARIANTS } from '../workloads.mjs'
import { contender } from './lib/contender.mjs'

export const name = 'unleash-client'

const rollout = (salt, percent, more = {}) => ({
  name: 'flexibleRollout',
  parameters: { rollout: String(percent), stickiness: 'userId', groupId: salt },
  constraints: [],
  ...more,
})
// There is no "at least": the inversion of "less than" is that.
const constraints = [
  { contextName: 'country', operator: 'IN', values: COUNTRIES, inverted: false },
  { contextName: 'plan', operator: 'IN', values: [PLAN], inverted: false },
  { contextName: 'appVersion', operator: 'SEMVER_LT', value: MINIMUM_VERSION, values: [], inverted: true },
]
const variants = VARIANTS.map(variant => ({
  name: variant,
  weight: 250,
  weightType: 'fix',
  stickiness: 'userId',
  payload: { type: 'string', value: variant },
}))
const STRATEGIES = {
  W1: () => ({ name: 'default', parameters: {}, constraints: [] }),
  W2: key => rollout(key, 50),
  W3: key => rollout(key, 25, { constraints }),
  W4: () => ({ name: 'default', parameters: {}, constraints: [], segments: [1] }),
  W5: key => rollout(key, 100, { variants }),
}
const feature = (key, kind) => ({
  name: key,
  type: 'release',
  enabled: true,
  stale: false,
  impressionData: false,
  variants: [],
  strategies: [STRATEGIES[kind](key)],
})

const members = [
  {
    id: 1,
    name: 'members',
    constraints: [{ contextName: 'userId', operator: 'IN', values: SEGMENT, inverted: false }],
  },
]

export const document = flags =>
  JSON.stringify({ features: flags.map(([key, kind]) => feature(key, kind)), segments: members })

export async function load(text) {
  const { features, segments } = JSON.parse(text)
  const client = new Unleash({
    appName: 'bench',
    url: 'http://127.0.0.1:9/',
    refreshInterval: 0,
    disableMetrics: true,
    bootstrap: { data: features, segments },
    storageProvider: new InMemStorageProvider(),
    disableAutoStart: true,
  })
  client.on('error', () => {})
  client.on('warn', () => {})
  const ready = new Promise(resolve => client.once('ready', resolve))
  client.start()
  await ready
  return {
    context: ({ userId, ...properties }) => ({ userId, properties }),
    isOn: (key, c) => client.isEnabled(key, c),
    variant: (key, c) => client.getVariant(key, c).name,
    close: () => client.destroy(),
  }
}

export const setup = workload => contender(workload, { name, document, load })
