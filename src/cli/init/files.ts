import { schemaFiles, schemaHeader } from './schemas.ts'

export interface Sample {
  readonly project: string
  readonly environments: readonly string[]
  /** A salt for each name, always the same for the same name within one call. */
  readonly salt: () => string
}

/** A workspace that works at once: two flags, a segment, tests, and a policy that asks for nothing unusual. */
export function sampleFiles({ project, environments, salt }: Sample): Map<string, string> {
  const last = environments.at(-1)!
  const blocks = environments.map(name =>
    name === last
      ? `  ${name}:
    enabled: true
    rules:
      - { id: staff, when: { segment: staff }, serve: on }
      - { id: first-tenth, when: { country: [ NL, BE ] }, rollout: 10 }
    otherwise: off`
      : `  ${name}: { enabled: true, otherwise: on }`,
  )
  const layouts = environments.map(
    name => `  ${name}:\n    otherwise: { short: [ [ 0, 50000 ] ], long: [ [ 50000, 100000 ] ] }`,
  )
  const banners = environments.map(
    name => `  ${name}:\n    enabled: true\n    otherwise: { split: { arms: { short: 50, long: 50 } } }`,
  )
  return new Map([
    [
      'ensign.yaml',
      `${schemaHeader('project')}project: ${project}
environments: [ ${environments.join(', ')} ]
units: { user: userId }
unit: user
`,
    ],
    [
      'attributes.yaml',
      `${schemaHeader('attributes')}attributes:
  - { name: userId, type: string, pii: pseudonymous }
  - { name: country, type: string, pii: none, description: Two letters of ISO 3166. }
  - { name: role, type: string, pii: none }
  - { name: app.version, type: version, pii: none }
`,
    ],
    [
      'flags/new-checkout.yaml',
      `${schemaHeader('flag')}key: new-checkout
description: The checkout on one page.
type: boolean
owner: team-payments
kind: release
risk: high
expires: never
salt: "${salt()}"
environments:
${blocks.join('\n')}
`,
    ],
    [
      'flags/banner-text.yaml',
      `${schemaHeader('flag')}key: banner-text
description: What the banner says.
type: string
owner: team-web
kind: operational
risk: low
expires: never
salt: "${salt()}"
variants:
  - { name: none, value: "" }
  - { name: short, value: Free delivery }
  - { name: long, value: Free delivery on every order this week }
off: none
environments:
${banners.join('\n')}
layout:
${layouts.join('\n')}
`,
    ],
    [
      'segments/staff.yaml',
      `${schemaHeader('segment')}key: staff
description: People who work here.
by: user
include: [ u-ann, u-bob ]
when: { role: staff }
`,
    ],
    [
      'tests/new-checkout.spec.yaml',
      `${schemaHeader('tests')}flag: new-checkout
environment: ${last}
tests:
  - name: staff have it
    context: { userId: u-ann }
    expect: { enabled: true, rule: staff }
  - name: the first tenth of NL and BE has it
    matrix: { country: [ NL, BE ] }
    bucket: 9999
    expect: { enabled: true, reason: SPLIT }
  - name: the others do not
    context: { country: NL }
    bucket: 10000
    expect: false
`,
    ],
    [
      'people.yaml',
      `${schemaHeader('people')}# Who they are, and what they were granted. Whose signature counts is in the root.
people:
  - { id: alice, name: Alice, auth: development key }
  - { id: bob, name: Bob, auth: development key }
  - { id: carol, name: Carol, auth: development key }
grants:
  - { person: alice, role: owner }
  - { person: bob, role: owner }
  - { person: carol, role: owner }
`,
    ],
    [
      'policy.yaml',
      `${schemaHeader('policy')}# What a change needs beyond the signatures that the root asks for.
approvals:
  - { environments: [ ${last} ], count: 1 }
steps:
  - { environments: [ ${last} ], risk: [ high, critical ], percent: 50 }
tests:
  - { environments: [ ${last} ], risk: [ high, critical ] }
ratifyHours: 24
`,
    ],
    [
      '.gitignore',
      `# Private keys and secrets never go into a repository.
keys/
*.jwk
*.jwe
.env
# What is published has a history of its own, which a checkout would turn back.
store/
# What was seen in force, by this machine.
.ensign/seen/
`,
    ],
    ...schemaFiles(),
  ])
}
