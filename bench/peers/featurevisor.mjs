// A datafile of schema 2, the log level at its highest.
import { createInstance } from '@featurevisor/sdk'
import { COUNTRIES, MINIMUM_VERSION, PLAN, SEGMENT, VARIANTS } from '../workloads.mjs'
import { contender } from './lib/contender.mjs'

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

export const document = flags =>
  JSON.stringify({
    schemaVersion: '2',
    revision: '1',
    segments: {
      target: {
        key: 'target',
        conditions: [
          { attribute: 'country', operator: 'in', value: COUNTRIES },
          { attribute: 'plan', operator: 'equals', value: PLAN },
          { attribute: 'appVersion', operator: 'semverGreaterThanOrEquals', value: MINIMUM_VERSION },
        ],
      },
      members: { key: 'members', conditions: [{ attribute: 'userId', operator: 'in', value: SEGMENT }] },
    },
    features: Object.fromEntries(flags.map(([key, kind]) => [key, { key, bucketBy: 'userId', ...FEATURES[kind] }])),
  })

export async function load(text) {
  const client = createInstance({ datafile: text, logLevel: 'fatal' })
  return {
    isOn: (key, c) => client.isEnabled(key, c),
    variant: (key, c) => client.getVariation(key, c),
    close: () => client.close(),
  }
}

export const setup = workload => contender(workload, { name, document, load })
