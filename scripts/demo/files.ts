/** The workspace of the demo: what people write, and what they review in git. */
export const PROJECT = 'shop'
export const ENVIRONMENT = 'production'

export const WORKSPACE: Readonly<Record<string, string>> = {
  'ensign.yaml': `project: ${PROJECT}
environments: [ ${ENVIRONMENT} ]
units: { user: userId }
unit: user
`,
  'attributes.yaml': `attributes:
  - { name: userId, type: string, pii: pseudonymous }
  - { name: role, type: string, pii: none }
`,
  'people.yaml': `people:
  - { id: ana, name: Ana, auth: key }
  - { id: ben, name: Ben, auth: key }
  - { id: cleo, name: Cleo, auth: key }
  - { id: dan, name: Dan, auth: key }
grants:
  - { person: ana, role: developer }
  - { person: ben, role: release-manager }
  - { person: cleo, role: release-manager }
  - { person: dan, role: release-engineer }
`,
  'policy.yaml': `approvals:
  - { environments: [ ${ENVIRONMENT} ], count: 2 }
steps:
  - { environments: [ ${ENVIRONMENT} ], risk: [ high, critical ], percent: 50 }
tests:
  - { environments: [ ${ENVIRONMENT} ], risk: [ high, critical ] }
`,
  'flags/new-checkout.yaml': `key: new-checkout
description: The checkout on one page.
type: boolean
owner: team-payments
kind: release
risk: high
expires: never
salt: c8f31b0a
environments:
  ${ENVIRONMENT}:
    enabled: true
    rules:
      - { id: staff, when: { role: { in: [ staff ] } }, serve: on }
    otherwise: { rollout: 10 }
`,
  'flags/recommendations.yaml': `key: recommendations
description: What others bought.
type: boolean
owner: team-search
kind: operational
risk: medium
expires: never
salt: 5d02e7b1
environments:
  ${ENVIRONMENT}: { enabled: true, otherwise: on }
`,
  'flags/page-size.yaml': `key: page-size
description: Results on one page.
type: number
owner: team-search
kind: operational
risk: low
expires: never
salt: 90ab44ce
variants:
  - { name: small, value: 20 }
  - { name: large, value: 50 }
off: small
environments:
  ${ENVIRONMENT}: { enabled: true, otherwise: large }
`,
  'tests/new-checkout.spec.yaml': `flag: new-checkout
environment: ${ENVIRONMENT}
tests:
  - name: staff have it
    context: { userId: u-1, role: staff }
    expect: { enabled: true, rule: staff }
  - name: the first have it
    bucket: 9999
    expect: true
  - name: the last do not
    bucket: 99999
    expect: false
`,
}
