// The least that has to be done, written by hand for exactly this work: no rules, no reasons, no safety. It reads own
// properties only, as Ensign must.
import { COUNTRIES, FLAG_COUNT, kindOf, PLAN, SEGMENT, VARIANTS } from '../workloads.mjs'

export const name = 'limit'

const own = (context, attribute) => (Object.hasOwn(context, attribute) ? context[attribute] : undefined)

function murmur3(text, seed) {
  let h = seed
  const length = text.length
  const end = length & ~3
  let i = 0
  for (; i < end; i += 4) {
    let k =
      text.charCodeAt(i) |
      (text.charCodeAt(i + 1) << 8) |
      (text.charCodeAt(i + 2) << 16) |
      (text.charCodeAt(i + 3) << 24)
    k = Math.imul(k, 0xcc9e2d51)
    k = Math.imul((k << 15) | (k >>> 17), 0x1b873593)
    h ^= k
    h = (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0
  }
  let tail = 0
  for (let shift = 0; i < length; i++, shift += 8) tail |= text.charCodeAt(i) << shift
  tail = Math.imul(tail, 0xcc9e2d51)
  h ^= Math.imul((tail << 15) | (tail >>> 17), 0x1b873593)
  h ^= length
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

const bucket = (unit, seed) => Math.floor((murmur3(unit, seed) * 100_000) / 4_294_967_296)

const DOT = 46

/** Whether `major.minor.patch` is at least 5.2.0. */
function atLeast(text) {
  let part = 0
  let number = 0
  let major = 0
  let minor = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit === DOT) {
      if (part === 0) major = number
      else minor = number
      part++
      number = 0
    } else if (unit >= 48 && unit <= 57) number = number * 10 + unit - 48
    else return false
  }
  return part === 2 && (major > 5 || (major === 5 && minor >= 2))
}

const countries = new Set(COUNTRIES)
const segment = new Set(SEGMENT)

const RULES = {
  W1: () => () => true,
  W2: seed => context => {
    const unit = own(context, 'userId')
    return typeof unit === 'string' && bucket(unit, seed) < 50_000
  },
  W3: seed => context => {
    const country = own(context, 'country')
    if (typeof country !== 'string' || !countries.has(country)) return false
    if (own(context, 'plan') !== PLAN) return false
    const version = own(context, 'appVersion')
    if (typeof version !== 'string' || !atLeast(version)) return false
    const unit = own(context, 'userId')
    return typeof unit === 'string' && bucket(unit, seed) < 25_000
  },
  W4: () => context => {
    const unit = own(context, 'userId')
    return typeof unit === 'string' && segment.has(unit)
  },
  W5: seed => context => {
    const unit = own(context, 'userId')
    if (typeof unit !== 'string') return VARIANTS[0]
    const number = bucket(unit, seed)
    return number < 25_000 ? VARIANTS[0] : number < 50_000 ? VARIANTS[1] : number < 75_000 ? VARIANTS[2] : VARIANTS[3]
  },
}

export async function setup(workload) {
  const seedOf = key => murmur3(`salt-${key}`, 0) | 0
  if (workload.answers === 'all') {
    const flags = new Map(
      Array.from({ length: FLAG_COUNT }, (_, i) => [`w6-${i}`, RULES[kindOf(i)](seedOf(`w6-${i}`))]),
    )
    const run = context => {
      const answers = Object.create(null)
      flags.forEach((rule, key) => {
        answers[key] = rule(context)
      })
      return answers
    }
    const on = answers =>
      Object.values(answers).filter(answer => answer === true || (answer && answer !== 'control')).length
    return { version: '0', run, on }
  }
  const key = workload.id.slice(0, 2)
  const flags = new Map([[key, RULES[key](seedOf(key))]])
  return { version: '0', run: context => flags.get(key)(context) }
}
