import { describe, expect, it } from 'vitest'
import { printPlace } from '../../../src/publisher/workspace/problem.ts'
import { readWorkspace } from '../../../src/publisher/workspace/read.ts'
import { folderOf, SHOP } from '../support/folder.ts'

async function problemsOf(files: Record<string, string>): Promise<string[]> {
  const { problems } = await readWorkspace(folderOf({ ...SHOP, ...files }))
  return problems.map(one => `${printPlace(one.at)} ${one.at.path} ${one.code}: ${one.what} | ${one.cure}`)
}

describe('reading a workspace', () => {
  it('takes every kind of file', async () => {
    const { workspace, problems } = await readWorkspace(folderOf(SHOP))
    expect(problems).toEqual([])
    expect([...workspace!.flags.keys()]).toEqual(['checkout-v2', 'payments-core'])
    expect([...workspace!.segments.keys(), ...workspace!.layers.keys(), ...workspace!.holdouts.keys()]).toEqual([
      'staff',
      'checkout',
      'global',
    ])
    expect(workspace!.attributes.get('plan')?.path).toEqual(['company', 'plan'])
    expect(workspace!.tests).toHaveLength(1)
  })

  it('takes JSON where YAML may stand', async () => {
    const flag = { key: 'a', type: 'boolean', salt: 's', environments: {} }
    const { workspace, problems } = await readWorkspace(folderOf({ ...SHOP, 'flags/a.json': JSON.stringify(flag) }))
    expect(problems).toEqual([])
    expect(workspace!.flags.get('a')?.content).toEqual(flag)
  })

  it('refuses a folder without ensign.yaml', async () => {
    await expect(readWorkspace(folderOf({ 'flags/a.yaml': 'key: a\n' }))).rejects.toMatchObject({
      code: 'no_workspace',
    })
  })

  it('tells all problems of all files at once, each with its place and cure', async () => {
    const problems = await problemsOf({
      'flags/a.yaml':
        'key: a\ntype: bool\nsalt: s\nowmer: me\nenvironments:\n  staging: { enabled: yes, otherwise: on }\n',
      'flags/b.yaml': `key: b
type: boolean
salt: 5.10
environments:
  staging:
    enabled: true
    rules:
      - { id: r, when: { app.version: { version: 5.20 } }, rollout: 101 }
      - { id: s, when: { country: { inn: [NL] } }, ramp: { steps: [{ at: "2026-12-01", to: 5 }] } }
    otherwise: { serve: on, rollout: 1 }
`,
      'segments/other.yaml': 'key: b b\n',
    })
    expect(problems).toEqual([
      'flags/a.yaml:2:7 type wrong_value: "bool" is not a flag type | Did you mean "boolean"?',
      'flags/a.yaml:4:1 owmer unknown_member: "owmer" is no member here | Did you mean "owner"?',
      'flags/a.yaml:6:23 environments.staging.enabled wrong_type: "yes" is not true or false | Write true or false.',
      'flags/b.yaml:3:7 salt quote_it: the number 5.10 where a text belongs | Quote it: "5.10". Unquoted, 5.10 and 5.1 are the same number.',
      'flags/b.yaml:8:50 environments.staging.rules[0].when["app.version"].version quote_it: the number 5.20 where a text belongs | Quote it: "5.20". Unquoted, 5.10 and 5.1 are the same number.',
      'flags/b.yaml:8:69 environments.staging.rules[0].rollout out_of_range: 101 is not a percentage, or a mapping with "to" | Write a percentage, or a mapping with "to".',
      'flags/b.yaml:9:37 environments.staging.rules[1].when.country.inn unknown_member: "inn" is no member here | Did you mean "in"?',
      'flags/b.yaml:9:74 environments.staging.rules[1].ramp.steps[0].at wrong_form: "2026-12-01" is not a time such as "2026-12-01T09:00:00Z" | Write a time such as "2026-12-01T09:00:00Z".',
      'flags/b.yaml:10:16 environments.staging.otherwise out_of_range: more than one member where one belongs | Write the name of a variant, or one of serve, fallback, rollout, split.',
      'segments/other.yaml:1:6 key wrong_form: "b b" is not 1 to 128 letters, digits, dots, underscores and hyphens | Write 1 to 128 letters, digits, dots, underscores and hyphens.',
    ])
  })

  it('refuses what YAML can do beside data', async () => {
    const problems = await problemsOf({
      'flags/a.yaml': 'key: &k a\ntype: !!str boolean\nsalt: *k\n<<: { owner: me }\n1: x\nkey: b\n',
      'flags/b.yaml': 'key: b\n\tx\n',
      'flags/c.yaml': '# nothing\n',
      'flags/d.yaml': 'key: a\n---\nkey: b\n',
      'flags/e.yaml': 'key: a\ndescription: "\\ud83d\\ude00"\nsalt: "\\ud800"\n"\\udc00": 1\n',
    })
    expect(problems.map(one => `${one.split(' ')[0]} ${/ (yaml\w*):/.exec(one)?.[1]}`)).toEqual([
      'flags/a.yaml:1:9 yaml_alias',
      'flags/a.yaml:2:13 yaml_tag',
      'flags/a.yaml:3:7 yaml_alias',
      'flags/a.yaml:4:1 yaml_merge',
      'flags/a.yaml:5:1 yaml_key',
      'flags/a.yaml:6:1 yaml_duplicate',
      'flags/b.yaml:2:1 yaml',
      'flags/b.yaml:2:2 yaml',
      'flags/c.yaml:1:1 yaml_empty',
      'flags/d.yaml:2:1 yaml',
      'flags/e.yaml:3:7 yaml',
      'flags/e.yaml:4:1 yaml',
    ])
  })

  it('wants a file named as its key, and each key once', async () => {
    const flag = (key: string) => `key: ${key}\ntype: boolean\nsalt: s\nenvironments: {}\n`
    expect(
      await problemsOf({ 'flags/x.yaml': flag('y'), 'flags/team/payments-core.yaml': flag('payments-core') }),
    ).toEqual([
      'flags/team/payments-core.yaml:1:6 key same_key: "payments-core" is the key of flags/payments-core.yaml too | Give one of them another key.',
      'flags/x.yaml:1:6 key file_name: the file of "y" is named x.yaml | Rename it to flags/y.yaml.',
    ])
  })
})
