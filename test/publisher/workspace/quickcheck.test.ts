import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { Json } from '../../../src/base/json.ts'
import { type FileKind, SCHEMAS } from '../../../src/publisher/schemas/index.ts'
import type { Schema } from '../../../src/publisher/schemas/shared.ts'
import { MULTIPLE_DECIMALS, quickCheck } from '../../../src/publisher/workspace/quickcheck.ts'

const ajv = new Ajv2020({
  strict: false,
  meta: false,
  validateSchema: false,
  multipleOfPrecision: MULTIPLE_DECIMALS,
})

/** One file of each kind that says whatever its kind can say. */
const FILES: Readonly<Record<FileKind, string>> = {
  project: `project: shop
environments: [staging, production]
unit: user
units: { user: userId, org: org.id }
`,
  attributes: `attributes:
  - { name: userId, type: string, pii: pseudonymous, description: Who it is }
  - { name: country, type: string, values: [NL, BE] }
  - { name: org.id, type: string, path: [org, id] }
  - { name: email, type: string, sealed: { key: mail, norm: trim-lower }, pii: forbidden }
`,
  people: `people:
  - { id: ana, name: Ana, auth: key }
grants:
  - { person: ana, role: owner, environments: [production], until: "2027-01-01T00:00:00Z" }
`,
  policy: `roles:
  - { name: release, may: [create, toggle], environments: [production] }
approvals:
  - { environments: [production], risk: [high], count: 2, stages: [{ name: security, role: release, count: 1 }] }
tickets: [{ environments: [production], pattern: "OPS-\\\\d+" }]
steps: [{ environments: [production], risk: [high], percent: 25 }]
`,
  flag: `$schema: x
key: checkout
description: The way to pay
type: string
owner: team
kind: release
risk: high
expires: "2027-03-01"
salt: s1
variants: [{ name: a, value: A, description: x }, { name: b, value: { deep: [1] } }]
off: a
schema: true
tags: [pay]
archived: "2026-01-01"
environments:
  staging: { enabled: true, otherwise: true }
  production:
    enabled: false
    requires: [{ flag: other, is: [true, "on"] }]
    values: { a: B }
    rules:
      - { id: r1, description: x, when: { segment: [s1, s2] }, serve: a, by: user }
      - { id: r2, when: { country: { in: [NL, 1, true], ignoreCase: true, not: { eq: x } }, plan: [pro] }, fallback: true }
      - { id: r3, when: { all: [{ any: [{ not: { segment: s } }] }], from: "2026-01-01T00:00:00Z" }, rollout: 12.5 }
      - { id: r4, when: { attr: [a, b], version: ">=5" }, rollout: { to: 0.001, serve: a, by: user, salt: x, rest: next } }
      - { id: r5, when: { assume: true, of: { flag: f, is: [a] } }, split: { arms: { a: 50, b: 50 }, rest: fallback } }
      - { id: r6, when: { bucket: { by: user, salt: s, from: 0, to: 100000 } }, ramp: { serve: a, steps: [{ at: "2026-01-01T00:00:00Z", to: 5 }] } }
      - { id: r7, experiment: { key: k, layer: l, holdout: h, share: 100, arms: { a: 50, b: 50 } } }
      - { id: r8, targets: { a: [u1, 2], b: [] } }
    otherwise: { split: { arms: { a: 33.333, b: 66.667 } } }
layout: { production: { r5: { a: [[0, 50000]], b: [[50000, 100000]] } } }
accept: [{ code: c, reason: r }]
`,
  segment: `key: staff
by: user
include: [u1, 2]
exclude: [u3]
when: { role: staff }
`,
  layer: `key: search
salt: s
by: user
slots: [{ experiment: e, from: 0, to: 50000 }]
`,
  holdout: `key: h
salt: s
share: 5
`,
  tests: `flag: checkout
environment: production
tests:
  - { name: x, context: { a: 1 }, now: "2026-01-01T00:00:00Z", bucket: 1, matrix: { country: [NL, BE] }, expect: a }
  - { name: y, buckets: { l: 1 }, stopped: [f], expect: { variant: a, reason: DISABLED, rule: r } }
`,
}

const KINDS = Object.keys(SCHEMAS) as FileKind[]
const CHECKS = new Map(
  KINDS.map(kind => [kind, { quick: quickCheck(SCHEMAS[kind]), full: ajv.compile(SCHEMAS[kind]) }]),
)

const SCALARS = [null, true, false, '', 'a', 'next', '😀', '__x__', '2027-03-01', 0, -1, 1.5, 33.3333, 100_001, 1e21]
const ODD: readonly Json[] = [
  ...SCALARS,
  [],
  ['a'],
  ['a', 'a'],
  [['a']],
  [0, 1, 2],
  {},
  { a: 1 },
  { attr: 'a' },
  { to: 5 },
]
const NAMES = ['attr', 'key', 'a', 'not', 'all', 'of', 'is', 'constructor', 'toString', 'serve', 'eq', 'x'.repeat(129)]

/** The value with something else at one place: another value, a member more, a member less. */
function changed(value: Json, at: number, odd: Json, name: string): Json {
  let place = 0
  const visit = (one: Json): Json => {
    const here = place++
    if (here === at) {
      if (typeof one !== 'object' || one === null || Array.isArray(one)) return odd
      return name.length % 2 === 0 ? { ...(one as object), [name]: odd } : odd
    }
    if (Array.isArray(one)) return one.map(visit)
    if (typeof one !== 'object' || one === null) return one
    const members = Object.entries(one).map(([key, member]) => [key, visit(member)] as const)
    return Object.fromEntries(members.filter(([key]) => !(here + 1 === at && key === name)))
  }
  return visit(value)
}

describe('the quick check', () => {
  it.each(KINDS)('says yes to what a file of kind %s can say', kind => {
    const { quick, full } = CHECKS.get(kind)!
    const value = parse(FILES[kind]) as Json
    expect(full(value), JSON.stringify(full.errors)).toBe(true)
    expect(quick(value)).toBe(true)
  })

  it.each(KINDS)('never says yes to a file of kind %s that the library refuses', kind => {
    const { quick, full } = CHECKS.get(kind)!
    const value = parse(FILES[kind]) as Json
    const outcomes = new Set<string>()
    const property = fc.property(
      fc.nat(160),
      fc.constantFrom(...ODD),
      fc.constantFrom(...NAMES),
      fc.nat(160),
      fc.constantFrom(...ODD),
      (at, odd, name, other, odder) => {
        const made = changed(changed(value, at, odd, name), other, odder, name)
        const is = full(made)
        outcomes.add(`${is}`)
        if (quick(made)) expect(is, JSON.stringify(made)).toBe(true)
      },
    )
    fc.assert(property, { numRuns: 2000 })
    expect(outcomes).toContain('false')
  })

  it.each<[Schema]>([
    [{ type: ['string', 'integer'] }],
    [{ type: 'number', minimum: 0, maximum: 100, multipleOf: 0.001 }],
    [{ minLength: 2, maxLength: 3 }],
    [{ pattern: '^.$' }],
    [{ enum: ['a', 0, null] }],
    [{ const: true }],
    [{ items: { type: 'string' }, minItems: 1, maxItems: 2, uniqueItems: true }],
    [{ minProperties: 1, maxProperties: 1 }],
    [{ properties: { a: { type: 'string' } }, additionalProperties: false, required: ['a'] }],
    [{ additionalProperties: { type: 'number' } }],
    [{ properties: { a: true }, dependentRequired: { a: ['to'] } }],
    [{ if: { required: ['a'] }, then: { required: ['to'] }, else: { maxProperties: 1 } }],
    [{ if: { type: 'string' }, then: false }],
    [{ type: 'string', format: 'email' }],
    [{ not: { type: 'string' } }],
    [{ $defs: { d: { items: { $ref: '#/$defs/d' } } }, $ref: '#/$defs/d' }],
  ])('%j: yes only where the library says so', schema => {
    const [quick, full] = [quickCheck(schema), ajv.compile(schema)]
    for (const value of ODD) if (quick(value)) expect(full(value), JSON.stringify(value)).toBe(true)
  })

  it('leaves what it does not know to the library', () => {
    expect(quickCheck({ not: { type: 'string' } })(1)).toBe(false)
    expect(quickCheck({ $ref: '#/$defs/missing' })(1)).toBe(false)
  })
})
