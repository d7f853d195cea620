// TestData as the source, events off. The public API of this SDK is asynchronous: each call is awaited.
import { init } from '@launchdarkly/node-server-sdk'
import { TestData } from '@launchdarkly/node-server-sdk/integrations'
import { COUNTRIES, MINIMUM_VERSION, PLAN, SEGMENT, VARIANTS } from '../workloads.mjs'
import { contender } from './lib/contender.mjs'

export const name = '@launchdarkly/node-server-sdk'

const clause = (attribute, op, values, negate = false) => ({ contextKind: 'user', attribute, op, values, negate })
const split = weights => ({
  contextKind: 'user',
  variations: weights.map((weight, variation) => ({ variation, weight })),
})
const BOOLEAN = { variations: [true, false], offVariation: 1 }
const KINDS = {
  W1: { ...BOOLEAN, rules: [], fallthrough: { variation: 0 } },
  W2: { ...BOOLEAN, rules: [], fallthrough: { rollout: split([50_000, 50_000]) } },
  W3: {
    ...BOOLEAN,
    rules: [
      {
        id: 'r',
        clauses: [
          clause('country', 'in', COUNTRIES),
          clause('plan', 'in', [PLAN]),
          clause('appVersion', 'semVerLessThan', [MINIMUM_VERSION], true),
        ],
        rollout: split([25_000, 75_000]),
      },
    ],
    fallthrough: { variation: 1 },
  },
  W4: {
    ...BOOLEAN,
    rules: [{ id: 'r', clauses: [clause('', 'segmentMatch', ['members'])], variation: 0 }],
    fallthrough: { variation: 1 },
  },
  W5: {
    variations: VARIANTS,
    offVariation: 0,
    rules: [],
    fallthrough: { rollout: split([25_000, 25_000, 25_000, 25_000]) },
  },
}
const flag = (key, kind) => ({ key, on: true, version: 1, salt: key, prerequisites: [], targets: [], ...KINDS[kind] })

export const document = flags => JSON.stringify(flags.map(([key, kind]) => flag(key, kind)))

export async function load(text) {
  const data = new TestData()
  await data.usePreconfiguredSegment({
    key: 'members',
    version: 1,
    included: SEGMENT,
    excluded: [],
    rules: [],
    salt: 's',
  })
  for (const one of JSON.parse(text)) await data.usePreconfiguredFlag(one)
  const logger = { error() {}, warn() {}, info() {}, debug() {} }
  const client = init('sdk-bench', {
    updateProcessor: data.getFactory(),
    sendEvents: false,
    diagnosticOptOut: true,
    logger,
  })
  await client.waitForInitialization({ timeout: 10 })
  return {
    asynchronous: true,
    context: ({ userId, ...others }) => ({ kind: 'user', key: userId, ...others }),
    isOn: (key, c) => client.boolVariation(key, c, false),
    variant: (key, c) => client.stringVariation(key, c, ''),
    close: () => client.close(),
  }
}

export const setup = workload => contender(workload, { name, document, load })
