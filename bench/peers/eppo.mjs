// init() knows no other source than HTTP: a server on the loopback gives it the configuration once, then polling stops.
import { createServer } from 'node:http'
import { init } from '@eppo/node-server-sdk'
import { COUNTRIES, MINIMUM_VERSION, PLAN, SEGMENT, VARIANTS } from '../workloads.mjs'
import { contender } from './lib/contender.mjs'

export const name = '@eppo/node-server-sdk'

const TOTAL = 10_000
const condition = (attribute, operator, value) => ({ attribute, operator, value })
const range = (salt, start, end, variationKey) => ({ variationKey, shards: [{ salt, ranges: [{ start, end }] }] })
const whole = variationKey => ({ variationKey, shards: [] })
const allocation = (splits, conditions) => ({
  key: 'a',
  doLog: false,
  splits,
  ...(conditions ? { rules: [{ conditions }] } : {}),
})
const target = [
  condition('country', 'ONE_OF', COUNTRIES),
  condition('plan', 'ONE_OF', [PLAN]),
  condition('appVersion', 'GTE', MINIMUM_VERSION),
]
const SPLITS = {
  W1: () => allocation([whole('on')]),
  W2: key => allocation([range(key, 0, TOTAL / 2, 'on')]),
  W3: key => allocation([range(key, 0, TOTAL / 4, 'on')], target),
  W4: () => allocation([whole('on')], [condition('id', 'ONE_OF', SEGMENT)]),
  W5: key => allocation(VARIANTS.map((variant, i) => range(key, (i * TOTAL) / 4, ((i + 1) * TOTAL) / 4, variant))),
}
const flag = (key, kind) => ({
  key,
  enabled: true,
  variationType: kind === 'W5' ? 'STRING' : 'BOOLEAN',
  variations:
    kind === 'W5'
      ? Object.fromEntries(VARIANTS.map(v => [v, { key: v, value: v }]))
      : { on: { key: 'on', value: true } },
  totalShards: TOTAL,
  allocations: [SPLITS[kind](key)],
})
export const document = flags =>
  JSON.stringify({
    createdAt: '2026-01-01T00:00:00.000Z',
    format: 'SERVER',
    environment: { name: 'bench' },
    flags: Object.fromEntries(flags.map(([key, kind]) => [key, flag(key, kind)])),
    bandits: {},
    banditReferences: {},
  })

export async function load(text) {
  const server = createServer((_, response) => response.setHeader('content-type', 'application/json').end(text))
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  const baseUrl = `http://127.0.0.1:${server.address().port}`
  const assignmentLogger = { logAssignment() {} }
  const client = await init({ apiKey: 'bench', baseUrl, assignmentLogger, pollingIntervalMs: 3_600_000 })
  client.stopPolling()
  server.closeAllConnections()
  server.close()
  return {
    context: ({ userId, ...attributes }) => ({ userId, attributes }),
    isOn: (key, c) => client.getBooleanAssignment(key, c.userId, c.attributes, false),
    variant: (key, c) => client.getStringAssignment(key, c.userId, c.attributes, ''),
  }
}

export const setup = workload => contender(workload, { name, document, load })
