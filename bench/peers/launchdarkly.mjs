// TestData as the source, events off. The public API of this SDK is asynchronous: each call is awaited.
import * as launchdarkly from '@launchdarkly/node-server-sdk'
import { TestData } from '@launchdarkly/node-server-sdk/integrations'
import { COUNTRIES, MANY, MEMBERS, MINIMUM, VARIANTS } from './work.mjs'

export const name = '@launchdarkly/node-server-sdk'
export const asynchronous = true

const clause = (attribute, op, values, negate = false) => ({ contextKind: 'user', attribute, op, values, negate })
const split = weights => ({ contextKind: 'user', variations: weights.map((weight, variation) => ({ variation, weight })) })
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
          clause('plan', 'in', ['pro']),
          clause('appVersion', 'semVerLessThan', [MINIMUM], true),
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
  W5: { variations: VARIANTS, offVariation: 0, rules: [], fallthrough: { rollout: split([25_000, 25_000, 25_000, 25_000]) } },
}
const flag = (key, kind) => ({ key, on: true, version: 1, salt: key, prerequisites: [], targets: [], ...KINDS[kind] })

export async function open() {
  const data = new TestData()
  await data.usePreconfiguredSegment({ key: 'members', version: 1, included: MEMBERS, excluded: [], rules: [], salt: 's' })
  for (const kind of Object.keys(KINDS)) await data.usePreconfiguredFlag(flag(kind, kind))
  for (const { key, kind } of MANY) await data.usePreconfiguredFlag(flag(key, kind))
  const logger = { error() {}, warn() {}, info() {}, debug() {} }
  const client = launchdarkly.init('sdk-bench', { updateProcessor: data.getFactory(), sendEvents: false, diagnosticOptOut: true, logger })
  await client.waitForInitialization({ timeout: 10 })
  return {
    context: ({ userId, ...others }) => ({ kind: 'user', key: userId, ...others }),
    W1: c => client.boolVariation('W1', c, false),
    W2: c => client.boolVariation('W2', c, false),
    W3: c => client.boolVariation('W3', c, false),
    W4: c => client.boolVariation('W4', c, false),
    W5: c => client.stringVariation('W5', c, ''),
    W6: async c => {
      let on = 0
      for (const { key, kind } of MANY) if (await (kind === 'W5' ? client.stringVariation(key, c, '') : client.boolVariation(key, c, false))) on++
      return on
    },
    close: () => client.close(),
  }
}
