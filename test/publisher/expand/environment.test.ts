import { describe, expect, it } from 'vitest'
import { expandEnvironment } from '../../../src/publisher/expand/environment.ts'
import type { Expansion } from '../../../src/publisher/expand/types.ts'
import { closureOf } from '../../../src/publisher/reads.ts'
import { readSoundWorkspace } from '../../../src/publisher/workspace/read.ts'
import { seal } from '../../../src/rules/sealed.ts'
import { folderOf, SHOP } from '../support/folder.ts'

async function expand(files: Record<string, string>, environment = 'production'): Promise<Expansion> {
  const workspace = await readSoundWorkspace(folderOf({ ...SHOP, ...files }))
  return expandEnvironment(workspace, environment, { secrets: { k1: 'secret' } })
}

const flagWith = (rules: string, more = '') => ({
  'flags/f.yaml': `key: f
type: string
salt: s
variants: [{ name: a, value: A }, { name: b, value: B }, { name: c, value: C }]
off: a
${more}
environments:
  production:
    enabled: true
    rules:
${rules}
    otherwise: a
`,
})

async function rulesOf(rules: string, more = '') {
  const { rules: plain, problems } = await expand(flagWith(rules, more))
  expect(problems).toEqual([])
  return plain.flags.f!.rules
}

async function codesOf(files: Record<string, string>, environment?: string) {
  const { problems } = await expand(files, environment)
  return problems.map(
    one => `${one.at.file}:${one.at.line} ${one.at.path} ${one.level} ${one.code} | ${one.what} | ${one.cure}`,
  )
}

describe('the plain rules of an environment', () => {
  it('says what the sample flag says', async () => {
    const { rules, problems } = await expand({})
    expect(problems).toEqual([])
    expect(rules).toMatchSnapshot()
  })

  it('is the same for the same files', async () => {
    expect(JSON.stringify(await expand({}))).toBe(JSON.stringify(await expand({})))
  })

  it('can be of some flags only, with all that they read, also through segments', async () => {
    const reads = (key: string, when: string) => ({
      [`flags/${key}.yaml`]: `key: ${key}
type: boolean
salt: s
environments:
  production: { enabled: true, rules: [{ id: r, when: ${when}, serve: on }], otherwise: off }
`,
    })
    const files = {
      ...reads('first', '{ segment: seen }'),
      ...reads('second', '{ flag: payments-core, is: [on] }'),
      'segments/seen.yaml': 'key: seen\nwhen: { flag: second, is: [on] }\n',
    }
    const workspace = await readSoundWorkspace(folderOf({ ...SHOP, ...files }))
    const options = { secrets: { k1: 'secret' } }
    const all = expandEnvironment(workspace, 'production', options)
    const some = expandEnvironment(workspace, 'production', { ...options, only: ['first', 'unknown'] })
    expect(Object.keys(some.rules.flags)).toEqual(['first', 'second', 'payments-core'])
    expect(closureOf(some.rules, ['first'])).toEqual(closureOf(all.rules, ['first']))
  })

  it('finds where a rule came from, by its id on the wire', async () => {
    const { originOf } = await expand({})
    expect(originOf('checkout-v2', 'ramp.2')).toEqual(['environments', 'production', 'rules', 3])
    expect(originOf('checkout-v2', 'other')).toBeUndefined()
    expect(originOf('unknown', 'ramp.2')).toBeUndefined()
  })

  it('takes rollouts by percent, unit, salt and rest', async () => {
    const rules = await rulesOf(`      - { id: one, rollout: { to: 12.345, serve: b } }
      - { id: two, rollout: { to: 0, serve: c, by: device, salt: other, rest: fallback } }
      - { id: three, split: { arms: { b: 30, c: 70 } } }
      - { id: four, split: { arms: { c: 1, a: 2 }, rest: b } }
      - { id: five, fallback: true }`)
    expect(rules.map(rule => [rule.id, rule.then])).toEqual([
      ['one', { split: { by: 'userId', salt: 's', arms: [[0, 12_345, 1]], rest: 'next' } }],
      ['two', { split: { by: 'deviceId', salt: 'other', arms: [], rest: 'fallback' } }],
      [
        'three',
        {
          split: {
            by: 'userId',
            salt: 's',
            arms: [
              [0, 30_000, 1],
              [30_000, 100_000, 2],
            ],
            rest: 'next',
          },
        },
      ],
      [
        'four',
        {
          split: {
            by: 'userId',
            salt: 's',
            arms: [
              [0, 1_000, 2],
              [1_000, 3_000, 0],
            ],
            rest: 1,
          },
        },
      ],
      ['five', { fallback: true }],
    ])
  })

  it('lets a split of `otherwise` leave the off variant', async () => {
    const flag =
      'key: g\ntype: boolean\nsalt: s\nenvironments:\n  production: { enabled: true, otherwise: { rollout: 25 } }\n'
    const { rules } = await expand({ 'flags/g.yaml': flag })
    expect(rules.flags.g!.otherwise).toEqual({ split: { by: 'userId', salt: 's', arms: [[0, 25_000, 0]], rest: 1 } })
    expect(rules.flags.g).toMatchObject({
      variants: [
        ['on', true],
        ['off', false],
      ],
      off: 1,
    })
  })

  it('serves the rest of a ramp from its beginning on', async () => {
    const rules = await rulesOf(
      '      - { id: r, ramp: { serve: b, rest: c, steps: [{ at: "2026-12-01T09:00:00Z", to: 10 }, { at: "2026-12-02T09:00:00Z", to: 50 }] } }',
    )
    expect(rules.map(({ id, when }) => [id, when])).toEqual([
      ['r.0', { until: '2026-12-01T09:00:00Z' }],
      ['r.1', { all: [{ from: '2026-12-01T09:00:00Z' }, { until: '2026-12-02T09:00:00Z' }] }],
      ['r.2', { from: '2026-12-02T09:00:00Z' }],
    ])
    expect(rules.map(rule => ('split' in rule.then ? rule.then.split.arms : undefined))).toEqual([
      [],
      [[0, 10_000, 1]],
      [[0, 50_000, 1]],
    ])
  })

  it('takes a share of an experiment evenly from its arms', async () => {
    const rules = await rulesOf('      - { id: e, experiment: { key: x, share: 10, arms: { a: 50, b: 50 } } }')
    expect(rules).toEqual([
      {
        id: 'e',
        when: { all: [] },
        then: {
          split: {
            by: 'userId',
            salt: 's.x',
            arms: [
              [0, 5_000, 0],
              [5_000, 10_000, 1],
            ],
            rest: 'next',
          },
        },
        experiment: 'x',
      },
    ])
  })

  it('reads conditions in short and in the form of the wire', async () => {
    const rules = await rulesOf(`      - { id: r1, when: { country: NL, age: { gte: 18, lt: 65 } }, serve: b }
      - { id: r2, when: { any: [{ plan: [pro, team] }, { not: { segment: staff } }] }, serve: b }
      - { id: r3, when: { attr: [company, size], gt: 10 }, serve: b }
      - { id: r4, when: { assume: true, of: { role: { startsWith: adm, ignoreCase: true } } }, serve: b }
      - { id: r5, when: { segment: [staff, staff], country: { not: [NL] } }, serve: b }
      - { id: r6, when: { flag: payments-core, is: [true], from: "2026-12-01T00:00:00Z" }, serve: b }
      - { id: r7, when: { bucket: { by: device, salt: z, from: 5, to: 10 } }, serve: b }`)
    expect(rules.map(rule => rule.when)).toEqual([
      {
        all: [
          { attr: 'country', eq: 'NL' },
          { attr: 'age', gte: 18 },
          { attr: 'age', lt: 65 },
        ],
      },
      { any: [{ attr: ['company', 'plan'], in: ['pro', 'team'] }, { not: { segment: 'staff' } }] },
      { attr: ['company', 'size'], gt: 10 },
      { assume: true, of: { attr: 'role', startsWith: ['adm'], ignoreCase: true } },
      { all: [{ any: [{ segment: 'staff' }, { segment: 'staff' }] }, { not: { attr: 'country', in: ['NL'] } }] },
      { all: [{ flag: 'payments-core', is: ['on'] }, { from: '2026-12-01T00:00:00Z' }] },
      { bucket: { by: 'deviceId', salt: 'z', from: 5, to: 10 } },
    ])
  })

  it('seals what the attribute says is sealed', async () => {
    const rules = await rulesOf('      - { id: r, when: { email: { in: [b@shop.test, a@shop.test] } }, serve: b }')
    const values = ['a@shop.test', 'b@shop.test'].map(value => seal('secret', 'email', value, 'trim-lower')).sort()
    expect(rules[0]!.when).toEqual({ attr: 'email', sealed: { key: 'k1', norm: 'trim-lower', values } })
    const workspace = await readSoundWorkspace(
      folderOf({ ...SHOP, ...flagWith('      - { id: r, when: { email: a }, serve: b }') }),
    )
    expect(expandEnvironment(workspace, 'production').problems.map(one => one.code)).toEqual(['secret_missing'])
    expect(expandEnvironment(workspace, 'production', { standIns: true }).problems).toEqual([])
  })

  it('serves only the off variant of an archived flag', async () => {
    const { rules } = await expand(flagWith('      - { id: r, serve: b }', 'archived: "2026-11-01"'))
    expect(rules.flags.f).toMatchObject({
      on: false,
      rules: [],
      otherwise: { serve: 0 },
      meta: { archived: '2026-11-01' },
    })
  })

  it('tells every problem where it is', async () => {
    expect(
      await codesOf({
        ...flagWith(
          `      - { id: r1, when: { contry: NL, age: { startsWith: x }, country: XX, app.version: { eq: 5.10 } }, serve: d }
      - { id: r2, when: { segment: stuff, flag: payments-cor, is: [x] }, rollout: 10 }
      - { id: r3, experiment: { key: e, layer: checkuot, holdout: globl, arms: { a: 50, b: 40 } } }
      - { id: r3, serve: a, fallback: true }
      - { id: r3, experiment: { key: e, layer: checkout, arms: { a: 100 } }, by: x }
      - { id: r4, ramp: { serve: a, steps: [{ at: "2026-12-02T00:00:00Z", to: 1 }, { at: "2026-12-01T00:00:00Z", to: 2 }] } }
      - { id: r5, when: { bucket: { salt: s, from: 0, to: 10 } }, rollout: { to: 5, serve: b } }
      - { id: r6, when: { email: { contains: x } }, rollout: { to: 5, serve: b, by: usr } }
      - { id: r7, split: { arms: { a: 60, b: 50 }, rest: c } }`,
          'layout: { production: { r3: { a: [[0, 1]] } } }',
        ),
        'flags/g.yaml':
          'key: g\ntype: integer\nsalt: s\nvariants: [{ name: x, value: 1.5 }, { name: x, value: 2 }]\nenvironments:\n  production: { enabled: true, values: { y: 3 }, otherwise: { rollout: { to: 5, rest: next } } }\n',
      }),
    ).toMatchSnapshot()
  })

  it('knows only the environments of the project', async () => {
    await expect(expand({}, 'prod')).rejects.toMatchObject({
      code: 'no_environment',
      cure: 'Did you mean "production"?',
    })
  })
})
