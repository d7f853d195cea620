// The evaluator of flagd's in-process mode, without its provider and its connection.
import { FlagdCore } from '@openfeature/flagd-core'
import { COUNTRIES, MINIMUM_VERSION, PLAN, SEGMENT, VARIANTS } from '../workloads.mjs'
import { contender } from './lib/contender.mjs'

export const name = '@openfeature/flagd-core'

const attribute = field => ({ var: field })
const salted = key => ({ cat: [key, attribute('userId')] })
const boolean = (defaultVariant, targeting) => ({
  state: 'ENABLED',
  variants: { on: true, off: false },
  defaultVariant,
  ...(targeting ? { targeting } : {}),
})
const FLAGS = {
  W1: () => boolean('on'),
  W2: key => boolean('off', { fractional: [salted(key), ['on', 50], ['off', 50]] }),
  W3: key =>
    boolean('off', {
      if: [
        {
          and: [
            { in: [attribute('country'), COUNTRIES] },
            { '==': [attribute('plan'), PLAN] },
            { sem_ver: [attribute('appVersion'), '>=', MINIMUM_VERSION] },
          ],
        },
        { fractional: [salted(key), ['on', 25], ['off', 75]] },
        'off',
      ],
    }),
  W4: () => boolean('off', { if: [{ in: [attribute('userId'), SEGMENT] }, 'on', 'off'] }),
  W5: key => ({
    state: 'ENABLED',
    variants: Object.fromEntries(VARIANTS.map(variant => [variant, variant])),
    defaultVariant: 'control',
    targeting: { fractional: [salted(key), ...VARIANTS.map(variant => [variant, 25])] },
  }),
}
export const document = flags =>
  JSON.stringify({ flags: Object.fromEntries(flags.map(([key, kind]) => [key, FLAGS[kind](key)])) })
const logger = { error() {}, warn() {}, info() {}, debug() {} }

export async function load(text) {
  const core = new FlagdCore(undefined, logger)
  core.setConfigurations(text)
  return {
    context: c => ({ ...c, targetingKey: c.userId }),
    isOn: (key, c) => core.resolveBooleanEvaluation(key, false, c, logger).value,
    variant: (key, c) => core.resolveStringEvaluation(key, '', c, logger).value,
  }
}

export const setup = workload => contender(workload, { name, document, load })
