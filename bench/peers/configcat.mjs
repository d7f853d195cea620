// Offline, the config comes out of the cache; evaluated on a snapshot, the synchronous API.
import { getClient, PollingMode } from '@configcat/sdk'
import { COUNTRIES, MANY, MEMBERS, MINIMUM, VARIANTS } from './work.mjs'

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
    r: [{ c: [user('country', 0, { l: COUNTRIES }), user('plan', 0, { l: ['pro'] }), user('appVersion', 9, { s: MINIMUM })], p: percent(25) }],
    ...off,
  }),
  W4: () => ({ t: 0, r: [{ c: [{ s: { s: 0, c: 0 } }], s: on }], ...off }),
  W5: () => ({ t: 1, p: VARIANTS.map(variant => ({ p: 25, v: { s: variant } })), v: { s: '' } }),
}

function config(flags) {
  return JSON.stringify({
    p: { u: 'https://invalid.invalid', r: 0, s: 'c2FsdA==' },
    s: [{ n: 'members', r: [{ a: 'Identifier', c: 0, l: MEMBERS }] }],
    f: Object.fromEntries(flags.map(({ key, kind }) => [key, SETTINGS[kind]()])),
  })
}

async function load(id, text) {
  const cache = { get: () => `${Date.now()}\n"etag"\n${text}`, set() {} }
  const logger = { level: -1, log() {} }
  const client = getClient(`configcat-sdk-1/${id.padEnd(22, '0')}/${'0'.repeat(22)}`, PollingMode.ManualPoll, { offline: true, cache, logger })
  await client.waitForReady()
  return client
}

export async function open() {
  const client = await load('bench', config([...Object.keys(SETTINGS).map(kind => ({ key: kind, kind })), ...MANY]))
  const snapshot = client.snapshot()
  return {
    context: ({ userId, country, plan, appVersion }) => ({ identifier: userId, custom: { country, plan, appVersion } }),
    W1: c => snapshot.getValue('W1', false, c),
    W2: c => snapshot.getValue('W2', false, c),
    W3: c => snapshot.getValue('W3', false, c),
    W4: c => snapshot.getValue('W4', false, c),
    W5: c => snapshot.getValue('W5', '', c),
    W6: c => {
      let count = 0
      for (const flag of MANY) if (snapshot.getValue(flag.key, flag.kind === 'W5' ? '' : false, c)) count++
      return count
    },
    W7: count => {
      const text = config(Array.from({ length: count }, (_, i) => ({ key: `load-${i}`, kind: 'W3' })))
      return () => load('cold', text)
    },
    close: () => client.dispose(),
  }
}
