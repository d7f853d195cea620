// Offline, the config comes out of the cache; evaluated on a snapshot, the synchronous API.
import { getClient, PollingMode } from '@configcat/sdk'
import { COUNTRIES, MINIMUM_VERSION, PLAN, SEGMENT, VARIANTS } from '../workloads.mjs'
import { contender } from './lib/contender.mjs'

export const name = '@configcat/sdk'

// Config JSON v6: comparators 0 "is one of", 9 "semver at least"; types 0 boolean, 1 text.
const on = { v: { b: true } }
const off = { v: { b: false } }
const user = (attribute, comparator, operand) => ({ u: { a: attribute, c: comparator, ...operand } })
const percent = share => [
  { p: share, ...on },
  { p: 100 - share, ...off },
]
const SETTINGS = {
  W1: () => ({ t: 0, ...on }),
  W2: () => ({ t: 0, p: percent(50), ...off }),
  W3: () => ({
    t: 0,
    r: [
      {
        c: [
          user('country', 0, { l: COUNTRIES }),
          user('plan', 0, { l: [PLAN] }),
          user('appVersion', 9, { s: MINIMUM_VERSION }),
        ],
        p: percent(25),
      },
    ],
    ...off,
  }),
  W4: () => ({ t: 0, r: [{ c: [{ s: { s: 0, c: 0 } }], s: on }], ...off }),
  W5: () => ({ t: 1, p: VARIANTS.map(variant => ({ p: 25, v: { s: variant } })), v: { s: '' } }),
}

export const document = flags =>
  JSON.stringify({
    p: { u: 'https://invalid.invalid', r: 0, s: 'c2FsdA==' },
    s: [{ n: 'members', r: [{ a: 'Identifier', c: 0, l: SEGMENT }] }],
    f: Object.fromEntries(flags.map(([key, kind]) => [key, SETTINGS[kind]()])),
  })

export async function load(text) {
  const cache = { get: () => `${Date.now()}\n"etag"\n${text}`, set() {} }
  const logger = { level: -1, log() {} }
  const key = `configcat-sdk-1/${'0'.repeat(22)}/${'0'.repeat(22)}`
  const client = getClient(key, PollingMode.ManualPoll, { offline: true, cache, logger })
  await client.waitForReady()
  const snapshot = client.snapshot()
  return {
    context: ({ userId, email, beta, ...custom }) => ({
      identifier: userId,
      email,
      custom: { ...custom, beta: String(beta) },
    }),
    isOn: (key, c) => snapshot.getValue(key, false, c),
    variant: (key, c) => snapshot.getValue(key, '', c),
    close: () => client.dispose(),
  }
}

export const setup = workload => contender(workload, { name, document, load })
