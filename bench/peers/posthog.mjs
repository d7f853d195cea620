// Local evaluation, the definitions come out of a cache provider. The API is asynchronous: each call is awaited.
import { PostHog } from 'posthog-node'
import { COUNTRIES, MANY, MEMBERS, MINIMUM, VARIANTS } from './work.mjs'

export const name = 'posthog-node'
export const asynchronous = true

const property = (key, operator, value, type = 'person') => ({ key, operator, value, type })
const groups = {
  W1: [{ properties: [], rollout_percentage: 100 }],
  W2: [{ properties: [], rollout_percentage: 50 }],
  W3: [
    {
      properties: [property('country', 'exact', COUNTRIES), property('plan', 'exact', ['pro']), property('appVersion', 'semver_gte', MINIMUM)],
      rollout_percentage: 25,
    },
  ],
  W4: [{ properties: [property('userId', 'exact', MEMBERS)], rollout_percentage: 100 }],
  W5: [{ properties: [], rollout_percentage: 100 }],
}
const multivariate = { variants: VARIANTS.map(key => ({ key, rollout_percentage: 25 })) }
const flag = ({ key, kind }, id) => ({
  id: id + 1,
  key,
  name: key,
  active: true,
  deleted: false,
  is_simple_flag: false,
  ensure_experience_continuity: false,
  rollout_percentage: null,
  experiment_set: [],
  filters: { groups: groups[kind], payloads: {}, ...(kind === 'W5' ? { multivariate } : {}) },
})

export async function open() {
  const flags = [...Object.keys(groups).map(kind => ({ key: kind, kind })), ...MANY].map(flag)
  const client = new PostHog('phc_bench', {
    host: 'http://127.0.0.1:9',
    enableLocalEvaluation: true,
    featureFlagsPollingInterval: null,
    flagDefinitionCacheProvider: {
      getFlagDefinitions: () => ({ flags, groupTypeMapping: {}, cohorts: {} }),
      shouldFetchFlagDefinitions: () => false,
      onFlagDefinitionsReceived() {},
      shutdown() {},
    },
  })
  await client.waitForLocalEvaluationReady(10_000)
  const only = { onlyEvaluateLocally: true, sendFeatureFlagEvents: false }
  const get = (key, c) => client.getFeatureFlag(key, c.id, c.options)
  return {
    context: ({ userId, country, plan, appVersion }) => ({
      id: userId,
      options: { ...only, personProperties: { userId, country, plan, appVersion } },
    }),
    W1: c => get('W1', c),
    W2: c => get('W2', c),
    W3: c => get('W3', c),
    W4: c => get('W4', c),
    W5: c => get('W5', c),
    W6: async c => {
      let on = 0
      for (const { key } of MANY) if (await get(key, c)) on++
      return on
    },
    close: () => client.shutdown(),
  }
}
