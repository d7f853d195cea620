// Local evaluation, the definitions come out of a cache provider. The API is asynchronous: each call is awaited.
import { PostHog } from 'posthog-node'
import { COUNTRIES, MINIMUM_VERSION, PLAN, SEGMENT, VARIANTS } from '../workloads.mjs'
import { contender } from './lib/contender.mjs'

export const name = 'posthog-node'

const property = (key, operator, value, type = 'person') => ({ key, operator, value, type })
const groups = {
  W1: [{ properties: [], rollout_percentage: 100 }],
  W2: [{ properties: [], rollout_percentage: 50 }],
  W3: [
    {
      properties: [
        property('country', 'exact', COUNTRIES),
        property('plan', 'exact', [PLAN]),
        property('appVersion', 'semver_gte', MINIMUM_VERSION),
      ],
      rollout_percentage: 25,
    },
  ],
  W4: [{ properties: [property('userId', 'exact', SEGMENT)], rollout_percentage: 100 }],
  W5: [{ properties: [], rollout_percentage: 100 }],
}
const multivariate = { variants: VARIANTS.map(key => ({ key, rollout_percentage: 25 })) }
const flag = ([key, kind], id) => ({
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

export const document = flags => JSON.stringify({ flags: flags.map(flag), groupTypeMapping: {}, cohorts: {} })

// The first call says that getFeatureFlag is deprecated. What replaces it also counts who asked, so the older call is
// the kinder one to time.
console.warn = () => {}

export async function load(text) {
  const client = new PostHog('phc_bench', {
    host: 'http://127.0.0.1:9',
    enableLocalEvaluation: true,
    featureFlagsPollingInterval: null,
    flagDefinitionCacheProvider: {
      getFlagDefinitions: () => JSON.parse(text),
      shouldFetchFlagDefinitions: () => false,
      onFlagDefinitionsReceived() {},
      shutdown() {},
    },
  })
  await client.waitForLocalEvaluationReady(10_000)
  const isOn = (key, c) => client.getFeatureFlag(key, c.id, c.options)
  return {
    asynchronous: true,
    context: ({ userId, ...others }) => ({
      id: userId,
      options: { onlyEvaluateLocally: true, sendFeatureFlagEvents: false, personProperties: { userId, ...others } },
    }),
    isOn,
    variant: isOn,
    all: async c => Object.values(await client.getAllFlags(c.id, c.options)).filter(v => v && v !== 'control').length,
    close: () => client.shutdown(),
  }
}

export const setup = workload => contender(workload, { name, document, load })
