// initSync with a payload; no tracking callback is set.
import { GrowthBookClient } from '@growthbook/growthbook'
import { COUNTRIES, MINIMUM_VERSION, PLAN, SEGMENT, VARIANTS } from '../workloads.mjs'
import { contender } from './lib/contender.mjs'

export const name = '@growthbook/growthbook'

const condition = { country: { $in: COUNTRIES }, plan: PLAN, appVersion: { $vgte: MINIMUM_VERSION } }
const rollout = (seed, coverage, more = {}) => ({
  force: true,
  coverage,
  hashAttribute: 'userId',
  hashVersion: 2,
  seed,
  ...more,
})
const FEATURES = {
  W1: () => ({ defaultValue: true }),
  W2: key => ({ defaultValue: false, rules: [rollout(key, 0.5)] }),
  W3: key => ({ defaultValue: false, rules: [rollout(key, 0.25, { condition })] }),
  W4: () => ({ defaultValue: false, rules: [{ force: true, condition: { userId: { $inGroup: 'members' } } }] }),
  W5: key => ({
    defaultValue: '',
    rules: [
      {
        variations: VARIANTS,
        weights: [0.25, 0.25, 0.25, 0.25],
        coverage: 1,
        hashAttribute: 'userId',
        hashVersion: 2,
        seed: key,
        key,
      },
    ],
  }),
}

export const document = flags =>
  JSON.stringify({
    features: Object.fromEntries(flags.map(([key, kind]) => [key, FEATURES[kind](key)])),
    savedGroups: { members: SEGMENT },
  })

export async function load(text) {
  const client = new GrowthBookClient()
  client.initSync({ payload: JSON.parse(text) })
  return {
    context: attributes => ({ attributes }),
    isOn: (key, c) => client.isOn(key, c),
    variant: (key, c) => client.getFeatureValue(key, '', c),
    close: () => client.destroy(),
  }
}

export const setup = workload => contender(workload, { name, document, load })
