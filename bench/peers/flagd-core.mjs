// The evaluator of flagd's in-process mode, without its provider and its connection.
import { FlagdCore } from '@openfeature/flagd-core'
import { COUNTRIES, MANY, MEMBERS, MINIMUM, VARIANTS } from './work.mjs'

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
            { '==': [attribute('plan'), 'pro'] },
            { sem_ver: [attribute('appVersion'), '>=', MINIMUM] },
          ],
        },
        { fractional: [salted(key), ['on', 25], ['off', 75]] },
        'off',
      ],
    }),
  W4: () => boolean('off', { if: [{ in: [attribute('userId'), MEMBERS] }, 'on', 'off'] }),
  W5: key => ({
    state: 'ENABLED',
    variants: Object.fromEntries(VARIANTS.map(variant => [variant, variant])),
    defaultVariant: 'a',
    targeting: { fractional: [salted(key), ...VARIANTS.map(variant => [variant, 25])] },
  }),
}
const document = flags => JSON.stringify({ flags: Object.fromEntries(flags.map(({ key, kind }) => [key, FLAGS[kind](key)])) })
const logger = { error() {}, warn() {}, info() {}, debug() {} }

export async function open() {
  const core = new FlagdCore(undefined, logger)
  core.setConfigurations(document([...Object.keys(FLAGS).map(kind => ({ key: kind, kind })), ...MANY]))
  const boolOf = (key, c) => core.resolveBooleanEvaluation(key, false, c, logger).value
  const textOf = (key, c) => core.resolveStringEvaluation(key, '', c, logger).value
  return {
    context: c => ({ ...c, targetingKey: c.userId }),
    W1: c => boolOf('W1', c),
    W2: c => boolOf('W2', c),
    W3: c => boolOf('W3', c),
    W4: c => boolOf('W4', c),
    W5: c => textOf('W5', c),
    W6: c => {
      let on = 0
      for (const flag of MANY) if (flag.kind === 'W5' ? textOf(flag.key, c) : boolOf(flag.key, c)) on++
      return on
    },
    W7: count => {
      const text = document(Array.from({ length: count }, (_, i) => ({ key: `load-${i}`, kind: 'W3' })))
      return () => new FlagdCore(undefined, logger).setConfigurations(text)
    },
    close() {},
  }
}
