// A datafile of schema 2, the log level at its highest.
import { createInstance } from '@featurevisor/sdk'
import { COUNTRIES, MANY, MEMBERS, MINIMUM, VARIANTS } from './work.mjs'

export const name = '@featurevisor/sdk'

const rule = (segments, percentage, more = {}) => [{ key: 'r', segments, percentage, ...more }]
const variations = VARIANTS.map(value => ({ value }))
const allocation = VARIANTS.map((variation, i) => ({ variation, range: [i * 25_000, (i + 1) * 25_000] }))
const FEATURES = {
  W1: { traffic: rule('*', 100_000) },
  W2: { traffic: rule('*', 50_000) },
  W3: { traffic: rule('target', 25_000) },
  W4: { traffic: rule('members', 100_000) },
  W5: { variations, traffic: rule('*', 100_000, { allocation }) },
}

function datafile(flags) {
  return {
    schemaVersion: '2',
    revision: '1',
    segments: {
      target: {
        key: 'target',
        conditions: [
          { attribute: 'country', operator: 'in', value: COUNTRIES },
          { attribute: 'plan', operator: 'equals', value: 'pro' },
          { attribute: 'appVersion', operator: 'semverGreaterThanOrEquals', value: MINIMUM },
        ],
      },
      members: { key: 'members', conditions: [{ attribute: 'userId', operator: 'in', value: MEMBERS }] },
    },
    features: Object.fromEntries(flags.map(({ key, kind }) => [key, { key, bucketBy: 'userId', ...FEATURES[kind] }])),
  }
}

export async function open() {
  const client = createInstance({ datafile: datafile([...Object.keys(FEATURES).map(kind => ({ key: kind, kind })), ...MANY]), logLevel: 'fatal' })
  return {
    context: c => c,
    W1: c => client.isEnabled('W1', c),
    W2: c => client.isEnabled('W2', c),
    W3: c => client.isEnabled('W3', c),
    W4: c => client.isEnabled('W4', c),
    W5: c => client.getVariation('W5', c),
    W6: c => {
      let on = 0
      for (const flag of MANY) if (client.isEnabled(flag.key, c)) on++
      return on
    },
    W7: count => {
      const text = JSON.stringify(datafile(Array.from({ length: count }, (_, i) => ({ key: `load-${i}`, kind: 'W3' }))))
      return () => createInstance({ datafile: text, logLevel: 'fatal' })
    },
    close: () => client.close(),
  }
}
