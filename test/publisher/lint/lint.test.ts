import { describe, expect, it } from 'vitest'
import { expandEnvironment } from '../../../src/publisher/expand/environment.ts'
import { lintWorkspace } from '../../../src/publisher/lint/lint.ts'
import { personalData } from '../../../src/publisher/lint/personal.ts'
import { LINT_RULES } from '../../../src/publisher/lint/table.ts'
import type { OverdueStop } from '../../../src/publisher/lint/types.ts'
import { readSoundWorkspace } from '../../../src/publisher/workspace/read.ts'
import { folderOf, SHOP } from '../support/folder.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')

type Files = Record<string, string>

async function lint(files: Files, before?: Files, overdue: readonly OverdueStop[] = []): Promise<string[]> {
  const workspace = await readSoundWorkspace(folderOf({ ...SHOP, ...files }))
  const old = before && (await readSoundWorkspace(folderOf({ ...SHOP, ...before })))
  const inForce = new Map(old ? [['production', expandEnvironment(old, 'production', { standIns: true }).rules]] : [])
  const { problems } = await lintWorkspace(workspace, { now: NOW, inForce, overdue })
  return problems.map(one => `${one.at.file}:${one.at.line} ${one.level} ${one.code}: ${one.what}`)
}

const flag = (more: string, rules = '', otherwise = 'a') => ({
  'flags/f.yaml': `key: f
type: string
owner: me
salt: s
variants: [{ name: a, value: A }, { name: b, value: B }]
off: a
${more}
environments:
  production:
    enabled: true
    rules: [${rules}]
    otherwise: ${otherwise}
`,
})

/** One row for each rule of the table: what makes it speak. */
const CASES: Record<string, [Files, string[], Files?, OverdueStop[]?]> = {
  no_owner: [
    { 'flags/g.yaml': 'key: g\ntype: boolean\nsalt: s\nenvironments: {}\n' },
    ['flags/g.yaml:1 warning no_owner: g has no owner'],
  ],
  no_expiry: [
    flag('kind: release'),
    ['flags/f.yaml:7 warning no_expiry: f is of kind release and has no day on which it expires'],
  ],
  past_expiry: [flag('expires: "2026-11-20"'), ['flags/f.yaml:7 warning past_expiry: f expired on 2026-11-20']],
  undeclared_environment: [
    {
      'flags/g.yaml':
        'key: g\ntype: boolean\nowner: me\nsalt: s\nenvironments:\n  prod: { enabled: true, otherwise: true }\n',
    },
    ['flags/g.yaml:6 error undeclared_environment: there is no environment "prod"'],
  ],
  json_schema: [
    {
      'flags/g.yaml':
        'key: g\ntype: json\nowner: me\nsalt: s\noff: x\nschema: { type: object, required: [size] }\nvariants:\n  - { name: x, value: { size: 1 } }\n  - { name: y, value: {} }\nenvironments:\n  staging: { enabled: true, otherwise: x }\n',
    },
    ["flags/g.yaml:9 error json_schema: y in staging: the value must have required property 'size'"],
  ],
  missing_tests: [
    flag('risk: critical'),
    ['flags/f.yaml:7 error missing_tests: f is of critical risk and has no test'],
  ],
  unreachable_rule: [
    flag(
      '',
      '{ id: x, when: { country: NL }, serve: b }, { id: y, when: { country: NL }, rollout: 5 }, { id: z, serve: a }, { id: w, serve: b }',
    ),
    [
      'flags/f.yaml:11 warning unreachable_rule: "y" is never reached: "x" takes everyone before it',
      'flags/f.yaml:11 warning unreachable_rule: "w" is never reached: "z" takes everyone before it',
    ],
  ],
  past_schedule: [
    flag(
      '',
      '{ id: x, when: { until: "2026-11-01T00:00:00Z" }, serve: b }, { id: y, ramp: { steps: [{ at: "2026-10-01T00:00:00Z", to: 100 }] } }',
    ),
    [
      'flags/f.yaml:11 warning past_schedule: "x" was over at 2026-11-01T00:00:00Z',
      'flags/f.yaml:11 warning past_schedule: the ramp "y" took its last step at 2026-10-01T00:00:00Z',
    ],
  ],
  cycle: [
    {
      ...flag('', '{ id: x, when: { segment: loop }, serve: b }'),
      'segments/loop.yaml': 'key: loop\nwhen: { flag: f, is: [a] }\n',
    },
    ['flags/f.yaml:1 error cycle: these read each other: f -> segments/loop -> f'],
  ],
  archived_read: [
    {
      ...flag('archived: "2026-11-01"'),
      'segments/one.yaml': 'key: one\nwhen: { flag: f, is: [a] }\n',
      'flags/g.yaml':
        'key: g\ntype: boolean\nowner: me\nsalt: s\nenvironments:\n  production: { enabled: true, rules: [{ id: r, when: { segment: one }, serve: on }], otherwise: false }\n',
    },
    ['flags/f.yaml:7 warning archived_read: f is archived and read by g'],
  ],
  unused_segment: [
    { 'segments/lonely.yaml': 'key: lonely\nwhen: { flag: payments-core, is: ["on"] }\n' },
    ['segments/lonely.yaml:1 warning unused_segment: no flag reads lonely'],
  ],
  slots_overlap: [
    {
      'layers/two.yaml':
        'key: two\nsalt: x\nslots: [{ experiment: a, from: 0, to: 10 }, { experiment: b, from: 9, to: 20 }, { experiment: c, from: 30, to: 30 }]\n',
    },
    [
      'layers/two.yaml:3 error slots_overlap: "b" shares buckets with "a"',
      'layers/two.yaml:3 error slots_overlap: the slot of "c" is empty',
    ],
  ],
  size: [
    flag('', `{ id: x, targets: { b: [${Array.from({ length: 7000 }, (_, i) => `u-${i}-xyz`)}] } }`),
    ['flags/f.yaml:1 warning size: f has 90087 bytes, the budget is 65536'],
  ],
  regex: [
    flag(
      '',
      '{ id: x, when: { role: { matches: "(a" } }, serve: b }, { id: y, when: { role: { matches: "(?=a)" } }, serve: b }',
    ),
    ['flags/f.yaml:11 error regex: <>', 'flags/f.yaml:11 error regex: <>'],
  ],
  personal_data: [
    flag('', '{ id: x, when: { role: { in: [someone@shop.test] } }, serve: b }'),
    ['flags/f.yaml:11 error personal_data: this looks like an e-mail address'],
  ],
  forbidden_attribute: [
    {
      ...flag('', '{ id: x, when: { name: { in: [ann, bob] } }, serve: b }'),
      'attributes.yaml': `${SHOP['attributes.yaml']}  - { name: name, type: string, pii: forbidden }\n`,
    },
    ['flags/f.yaml:11 error forbidden_attribute: "name" is forbidden in rules'],
  ],
  layout_missing: [
    flag('', '{ id: x, split: { arms: { a: 50, b: 50 } } }'),
    ['flags/f.yaml:11 warning layout_missing: "x" has no layout'],
  ],
  rebucketed: [
    flag('', '{ id: x, rollout: { to: 10, by: device } }', '{ rollout: { to: 10, salt: new } }'),
    [
      'flags/f.yaml:11 error rebucketed: "x" has another unit than what is in force in production',
      'flags/f.yaml:12 error rebucketed: "otherwise" has another salt than what is in force in production',
    ],
    flag('', '{ id: x, rollout: 10 }', '{ rollout: 10 }'),
  ],
  moves_more: [
    flag(
      'layout: { production: { x: { a: [[0, 40000]], b: [[40000, 100000]] } } }',
      '{ id: x, split: { arms: { a: 40, b: 60 } } }',
    ),
    ['flags/f.yaml:11 warning moves_more: "x" moves 90% of its people, 10% would do'],
    flag(
      'layout: { production: { x: { b: [[0, 50000]], a: [[50000, 100000]] } } }',
      '{ id: x, split: { arms: { b: 50, a: 50 } } }',
    ),
  ],
  refused: [
    flag('', '{ id: x, when: { app.version: { version: ">= 1" } }, serve: b }'),
    ['flags/f.yaml:1 error refused: f in production: <>'],
  ],
  policy_names: [
    {
      'people.yaml':
        'people: [{ id: ann }]\ngrants:\n  - { person: anna, role: owner }\n  - { person: ann, role: reviewer, environments: [prod] }\n',
      'policy.yaml':
        'roles: [{ name: security, may: [approve] }]\napprovals:\n  - { environments: [productoin], count: 2 }\n  - { count: 1, stages: [{ name: first, role: securty, count: 1 }] }\norder:\n  - { environment: production, after: stagng, hours: 2 }\n',
    },
    [
      'people.yaml:3 error policy_names: there is no person "anna"',
      'people.yaml:4 error policy_names: there is no role "reviewer"',
      'people.yaml:4 error policy_names: there is no environment "prod"',
      'policy.yaml:3 error policy_names: there is no environment "productoin"',
      'policy.yaml:4 error policy_names: there is no role "securty"',
      'policy.yaml:6 error policy_names: there is no environment "stagng"',
    ],
  ],
  policy_value: [
    {
      'policy.yaml':
        'tickets: [{ pattern: "PAY-(" }]\nwindows:\n  - { zone: Europe/Amsterdm, from: "09:00", until: "17:00" }\nfreezes:\n  - { from: "2026-12-24T00:00:00Z", until: "2026-12-20T00:00:00Z", why: feast }\n',
    },
    [
      'policy.yaml:1 error policy_value: this is no regular expression of RE2',
      'policy.yaml:3 error policy_value: there is no time zone "Europe/Amsterdm"',
      'policy.yaml:5 error policy_value: the freeze ends 2026-12-20T00:00:00Z, before it begins',
    ],
  ],
  grant_ended: [
    {
      'people.yaml':
        'people: [{ id: ann }]\ngrants:\n  - { person: ann, role: owner, until: "2026-11-21" }\n  - { person: ann, role: qa, until: "2026-11-22" }\n',
    },
    ['people.yaml:3 warning grant_ended: ann was owner until 2026-11-21'],
  ],
  stop_not_ratified: [
    flag(''),
    [
      'ensign.yaml:2 warning stop_not_ratified: production: stop 2 (canary) stands',
      'flags/f.yaml:1 warning stop_not_ratified: production: stop 1 (f, gone) stands',
    ],
    {},
    [
      { environment: 'production', flags: ['f', 'gone'], what: 'stop 1 (f, gone) stands' },
      { environment: 'production', flags: ['canary'], what: 'stop 2 (canary) stands' },
    ],
  ],
}

describe('lint', () => {
  it('has nothing to say about a sound workspace', async () => {
    expect(await lint({})).toEqual([])
  })

  it.each(LINT_RULES.map(rule => rule.code))('%s', async code => {
    const [files, expected, before, overdue] = CASES[code]!
    const found = (await lint(files, before, overdue)).filter(line => line.includes(` ${code}: `))
    expect(found).toEqual(
      expected.map(line => (line.endsWith('<>') ? expect.stringContaining(line.slice(0, -2)) : line)),
    )
  })

  it('leaves out what a flag accepts with a reason', async () => {
    expect(await lint(flag('kind: release\naccept: [{ code: no_expiry, reason: kept for the audit }]'))).toEqual([])
  })

  it.each([
    ['a@b.co', 'an e-mail address'],
    ['+31 6 1234 5678', 'a telephone number'],
    ['192.168.1.1', 'an IP address'],
    ['2001:db8::1', 'an IP address'],
    ['4111 1111 1111 1111', 'a card number'],
    ['NL91ABNA0417164300', 'an account number'],
    ['111222333', 'an identity number'],
    ['123-45-6789', 'an identity number'],
    ['4111 1111 1111 1112', undefined],
    ['NL92ABNA0417164300', undefined],
    ['u-12345', undefined],
    ['5.2.0.1000', undefined],
    ['12:30', undefined],
  ])('%s is %s', (text, kind) => {
    expect(personalData(text)).toBe(kind)
  })
})
