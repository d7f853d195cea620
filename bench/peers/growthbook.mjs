// initSync with a payload; no tracking callback is set.
import { GrowthBookClient } from '@growthbook/growthbook'
import { COUNTRIES, MANY, MEMBERS, MINIMUM, VARIANTS } from './work.mjs'

export const name = '@growthbook/growthbook'

const condition = { country: { $in: COUNTRIES }, plan: 'pro', appVersion: { $vgte: MINIMUM } }
const rollout = (seed, coverage, more = {}) => ({ force: true, coverage, hashAttribute: 'userId', hashVersion: 2, seed, ...more })
const FEATURES = {
  W1: () => ({ defaultValue: true }),
  W2: key => ({ defaultValue: false, rules: [rollout(key, 0.5)] }),
  W3: key => ({ defaultValue: false, rules: [rollout(key, 0.25, { condition })] }),
  W4: () => ({ defaultValue: false, rules: [{ force: true, condition: { userId: { $inGroup: 'members' } } }] }),
  W5: key => ({
    defaultValue: '',
    rules: [{ variations: VARIANTS, weights: [0.25, 0.25, 0.25, 0.25], coverage: 1, hashAttribute: 'userId', hashVersion: 2, seed: key, key }],
  }),
}

function payload(flags) {
  return { features: Object.fromEntries(flags.map(({ key, kind }) => [key, FEATURES[kind](key)])), savedGroups: { members: MEMBERS } }
}

export async function open() {
  const client = new GrowthBookClient()
  client.initSync({ payload: payload([...Object.keys(FEATURES).map(kind => ({ key: kind, kind })), ...MANY]) })
  return {
    context: attributes => ({ attributes }),
    W1: c => client.isOn('W1', c),
    W2: c => client.isOn('W2', c),
    W3: c => client.isOn('W3', c),
    W4: c => client.isOn('W4', c),
    W5: c => client.getFeatureValue('W5', '', c),
    W6: c => {
      let on = 0
      for (const flag of MANY) if (client.isOn(flag.key, c)) on++
      return on
    },
    W7: count => {
      const text = JSON.stringify(payload(Array.from({ length: count }, (_, i) => ({ key: `load-${i}`, kind: 'W3' }))))
      return () => new GrowthBookClient().initSync({ payload: JSON.parse(text) })
    },
    close: () => client.destroy(),
  }
}
