/**
 * The work, said once for every contender. A contender builds these rules in its own format and answers for one
 * context at a time. Ids are 36 characters of ASCII, as UUIDs are.
 *
 * @typedef {{userId: string, country: string, plan: string, appVersion: string, email: string, beta: boolean}} Context
 * @typedef {{id: string, title: string, unit: 'ns' | 'us', answers: 'boolean' | 'variant' | 'all',
 *   contexts: readonly Context[], share: number, tolerance: number}} Workload
 */

export const COUNTRIES = ['NL', 'BE', 'DE', 'FR', 'LU']
export const ALL_COUNTRIES = [...COUNTRIES, 'US', 'GB', 'ES', 'IT', 'PL']
export const PLANS = ['free', 'team', 'business']
export const MINIMUM_VERSION = '5.2.0'
/** W5: a quarter each. */
export const VARIANTS = ['control', 'one', 'two', 'three']
export const FLAG_COUNT = 1_000

/** W6: flag `w6-{i}` has the rules of the workload of its turn. */
export const KINDS = ['W1', 'W2', 'W3', 'W4', 'W5']
export const kindOf = index => KINDS[index % KINDS.length]

/** The same contexts in every process and every run. */
function randomness(seed) {
  let state = seed
  return bound => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * bound)
  }
}

const hex = (random, digits) => Array.from({ length: digits }, () => random(16).toString(16)).join('')

function contexts(count, seed) {
  const random = randomness(seed)
  const made = Array.from({ length: count }, () => ({
    userId: [8, 4, 4, 4, 12].map(digits => hex(random, digits)).join('-'),
    country: ALL_COUNTRIES[random(ALL_COUNTRIES.length)],
    plan: PLANS[random(PLANS.length)],
    appVersion: `${3 + random(5)}.${random(10)}.${random(30)}`,
    email: `${hex(random, 8)}@example.com`,
    beta: random(2) === 1,
  }))
  // Parsed again, the strings are as flat as those of a request.
  return JSON.parse(JSON.stringify(made))
}

const usual = contexts(1_024, 1)
let many

/** W4: half of the usual users and as many strangers as make 10,000. */
export const SEGMENT = [
  ...usual.filter((_, i) => i % 2 === 0).map(context => context.userId),
  ...contexts(10_000 - usual.length / 2, 3).map(context => context.userId),
]

const row = (id, title, answers, share, more = {}) => ({
  id,
  title,
  unit: 'ns',
  answers,
  contexts: usual,
  share,
  tolerance: 0.06,
  ...more,
})

/** `share` is how many answers must be on (W5: not `control`; W6: of all flags), give or take `tolerance`. @type {Workload[]} */
export const WORKLOADS = [
  row('W1', 'on for everyone', 'boolean', 1, { tolerance: 0 }),
  row('W2', '50 % of users', 'boolean', 0.5),
  // Made only by who asks for them.
  Object.defineProperty(row('W2-many', '50 % of users, 131,072 of them', 'boolean', 0.5), 'contexts', {
    get() {
      many ??= contexts(131_072, 2)
      return many
    },
  }),
  row('W3', 'country in 5, plan, semver >=, then 25 % of users', 'boolean', 0.024, { tolerance: 0.02 }),
  row('W4', 'segment of 10,000 ids', 'boolean', 0.5, { tolerance: 0 }),
  row('W5', 'four variants', 'variant', 0.75),
  row('W6', '1,000 flags, one context', 'all', 0.55, { unit: 'us', tolerance: 0.06 }),
]

/** W3: `country` in COUNTRIES, `plan` is this, `appVersion` at least MINIMUM_VERSION, then 25 % by `userId`. */
export const PLAN = 'business'
