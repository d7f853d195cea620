import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A folder with these files, gone when the test ends. */
export function folderOf(files: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(join(tmpdir(), 'ensign-test-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), text)
  }
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** A small shop; tests replace or add files. */
export const SHOP: Readonly<Record<string, string>> = {
  'ensign.yaml': `project: shop
environments: [staging, production]
units: { user: userId, device: deviceId }
unit: user
`,
  'attributes.yaml': `attributes:
  - { name: userId, type: string, pii: pseudonymous }
  - { name: deviceId, type: string, pii: pseudonymous }
  - { name: country, type: string, values: [NL, BE, DE, FR] }
  - { name: role, type: string }
  - { name: age, type: number }
  - { name: app.version, type: version }
  - { name: plan, path: [company, plan], type: string }
  - { name: email, type: string, pii: forbidden, sealed: { key: k1, norm: trim-lower } }
`,
  'flags/payments-core.yaml': `key: payments-core
type: boolean
owner: team-payments
kind: operational
risk: low
expires: never
salt: 11aa22bb
environments:
  staging: { enabled: true, otherwise: true }
  production: { enabled: true, otherwise: "on" }
`,
  'flags/checkout-v2.yaml': `key: checkout-v2
type: string
owner: team-payments
kind: experiment
risk: high
expires: "2027-03-01"
salt: c8f31b0a
variants:
  - { name: legacy, value: legacy }
  - { name: one-page, value: one-page }
  - { name: express, value: express }
off: legacy
environments:
  staging: { enabled: true, otherwise: one-page }
  production:
    enabled: true
    requires: [{ flag: payments-core, is: ["on"] }]
    rules:
      - { id: qa, targets: { one-page: [u-qa-1], express: [u-qa-2] } }
      - { id: staff, when: { segment: staff }, serve: one-page }
      - id: q4
        when: { country: { in: [NL, BE] }, app.version: { version: ">=5.2" } }
        experiment: { key: checkout-2026q4, layer: checkout, holdout: global, arms: { legacy: 50, one-page: 25, express: 25 }, rest: next }
      - id: ramp
        when: { country: { in: [DE, FR] } }
        ramp: { serve: one-page, rest: next, steps: [{ at: "2026-12-01T09:00:00Z", to: 5 }, { at: "2026-12-08T09:00:00Z", to: 100 }] }
    otherwise: legacy
layout:
  production:
    q4: { legacy: [[0, 50000]], one-page: [[50000, 75000]], express: [[75000, 100000]] }
`,
  'segments/staff.yaml': `key: staff
description: People who work here.
by: user
include: [u-1, u-2]
when: { role: staff }
`,
  'layers/checkout.yaml': `key: checkout
salt: layer-9f
slots:
  - { experiment: checkout-2026q4, from: 0, to: 40000 }
`,
  'holdouts/global.yaml': `key: global
salt: holdout-77
share: 5
`,
  'tests/checkout.spec.yaml': `flag: checkout-v2
environment: production
now: "2026-12-02T00:00:00Z"
tests:
  - { name: staff see one page, context: { userId: u-1 }, expect: one-page }
  - { name: a person under test, context: { userId: u-qa-2 }, expect: { variant: express, rule: qa.express } }
`,
}
