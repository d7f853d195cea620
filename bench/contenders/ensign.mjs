import { createRequire } from 'node:module'
import { loadUnsignedRules } from '../../dist/rules.js'
import { COUNTRIES, FLAG_COUNT, kindOf, MINIMUM_VERSION, PLAN, SEGMENT, VARIANTS } from '../workloads.mjs'

export const name = 'ensign'

const boolean = {
  on: true,
  type: 'boolean',
  variants: [
    ['off', false],
    ['on', true],
  ],
  off: 0,
}
const split = (salt, arms, rest) => ({ split: { by: 'userId', salt, arms, rest } })

const RULES = {
  W1: salt => ({ ...boolean, salt, rules: [], otherwise: { serve: 1 } }),
  W2: salt => ({
    ...boolean,
    salt,
    rules: [{ id: 'half', when: { all: [] }, then: split(salt, [[0, 50_000, 1]], 'next') }],
    otherwise: { serve: 0 },
  }),
  W3: salt => ({
    ...boolean,
    salt,
    rules: [
      {
        id: 'ramp',
        when: {
          all: [
            { attr: 'country', in: COUNTRIES },
            { attr: 'plan', eq: PLAN },
            { attr: 'appVersion', semver: `>=${MINIMUM_VERSION}` },
          ],
        },
        then: split(salt, [[0, 25_000, 1]], 'next'),
      },
    ],
    otherwise: { serve: 0 },
  }),
  W4: salt => ({
    ...boolean,
    salt,
    rules: [{ id: 'list', when: { segment: 'many' }, then: { serve: 1 } }],
    otherwise: { serve: 0 },
  }),
  W5: salt => ({
    on: true,
    type: 'string',
    variants: VARIANTS.map(variant => [variant, variant]),
    off: 0,
    salt,
    rules: [],
    otherwise: split(
      salt,
      VARIANTS.map((_, i) => [i * 25_000, (i + 1) * 25_000, i]),
      0,
    ),
  }),
}

const isOn = ({ variant }) => variant !== 'off' && variant !== 'control'

/** `mode` picks another member than the workload's own: explain, or the same with an observer. */
export async function setup(workload, mode) {
  const all = workload.answers === 'all'
  const key = workload.id.slice(0, 2)
  const kinds = all ? Array.from({ length: FLAG_COUNT }, (_, i) => [`w6-${i}`, kindOf(i)]) : [[key, key]]
  let observed = 0
  const { flags } = loadUnsignedRules(
    {
      flags: Object.fromEntries(kinds.map(([flag, kind]) => [flag, RULES[kind](`salt-${flag}`)])),
      segments: { many: { by: 'userId', include: SEGMENT } },
    },
    { now: Date.now, observe: mode === 'observed' ? () => observed++ : undefined },
  )
  const { version } = createRequire(import.meta.url)('../../package.json')
  if (all) {
    return {
      version,
      run: context => flags.evaluateAll(context),
      on: answers => Object.values(answers).filter(isOn).length,
    }
  }
  if (mode === 'explain')
    return { version, run: context => flags.explain(key, context), on: answer => Number(isOn(answer)) }
  if (workload.answers === 'variant') return { version, run: context => flags.variant(key, context) }
  return { version, run: context => flags.isEnabled(key, context) }
}
