// The work that every peer does, in no peer's words. Each peer's file says it in its own.

/** Country in five, plan, version, then a quarter: what W3 asks for. */
export const COUNTRIES = ['NL', 'BE', 'LU', 'DE', 'FR']
export const MINIMUM = '5.2.0'
export const VARIANTS = ['a', 'b', 'c', 'd']

/** The segment of W4: every second of 20,000 users. */
export const MEMBERS = Array.from({ length: 10_000 }, (_, i) => `user-${i * 2}`)

/** The kinds of the 1,000 flags of W6 by their index mod 4, each with its own name and salt. */
export const MANY = Array.from({ length: 1000 }, (_, i) => ({ key: `many-${i}`, kind: ['W1', 'W2', 'W3', 'W5'][i % 4] }))
