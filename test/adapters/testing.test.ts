import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { contexts, fakeFlags, flagsFromFiles, resetAfterEach } from '../../src/testing.ts'

describe('fakeFlags', () => {
  const flags = fakeFlags({ checkout: true, 'page-size': 20, ratio: 0.5, title: 'hi', theme: { dark: true } })
  resetAfterEach(afterEach, flags)

  it('answers with the values that it was given, by the types of flags', () => {
    expect(flags.isEnabled('checkout')).toBe(true)
    expect(flags.value('page-size', {}, 10)).toBe(20)
    expect(flags.value('ratio', {}, 0)).toBe(0.5)
    expect(flags.value('title', {}, '')).toBe('hi')
    expect(flags.value('theme', {}, {})).toEqual({ dark: true })
    expect(flags.explain('title', {}, 1)).toMatchObject({ value: 1, reason: 'ERROR', code: 'type_mismatch' })
    expect(flags.explain('none', {}, 'x')).toMatchObject({ value: 'x', code: 'flag_not_found' })
  })

  it('overrides in a scope, scopes end in any order', () => {
    const outer = flags.override({ checkout: false, title: 'outer' })
    const inner = flags.override({ title: 'inner' })
    expect([flags.isEnabled('checkout'), flags.value('title')]).toEqual([false, 'inner'])
    outer[Symbol.dispose]()
    expect([flags.isEnabled('checkout'), flags.value('title')]).toEqual([true, 'inner'])
    inner[Symbol.dispose]()
    expect(flags.value('title')).toBe('hi')
  })

  it('set and stop last until reset', () => {
    flags.set({ checkout: true, fresh: 'x' })
    flags.stop('checkout')
    expect(flags.explain('checkout', {}, true)).toMatchObject({ value: false, reason: 'STOPPED' })
    flags.reset()
    expect([flags.isEnabled('checkout'), flags.value('fresh')]).toEqual([true, undefined])
  })

  it('was put back after the test before', () => {
    expect(flags.isEnabled('checkout')).toBe(true)
  })

  it('takes whole flags and says what is wrong with them', () => {
    const split = { by: 'userId', salt: 's', arms: [[0, 50_000, 0] as const], rest: 1 }
    flags.set({
      half: {
        on: true,
        type: 'boolean',
        variants: [
          ['on', true],
          ['off', false],
        ],
        off: 1,
        salt: 's',
        rules: [],
        otherwise: { split },
      },
    })
    const on = contexts()
      .many(1000)
      .filter(context => flags.isEnabled('half', context)).length
    expect(on).toBeGreaterThan(400)
    expect(on).toBeLessThan(600)
    const broken = {
      on: true,
      type: 'boolean',
      variants: [],
      off: 1,
      salt: 's',
      rules: [],
      otherwise: { serve: 0 },
    } as const
    expect(() => fakeFlags({ broken })).toThrow(/not well formed/)
  })

  it('takes a flag named __proto__ as any other', () => {
    const odd = fakeFlags(JSON.parse('{"__proto__":true,"constructor":"c"}'))
    expect(odd.isEnabled('__proto__')).toBe(true)
    expect(odd.value('constructor')).toBe('c')
    expect(odd.isEnabled('toString')).toBe(false)
  })

  it('holds time where the test says', () => {
    let now = Date.parse('2026-12-01T00:00:00Z')
    const timed = fakeFlags({}, { now: () => now })
    timed.set({
      sale: {
        on: true,
        type: 'boolean',
        variants: [
          ['on', true],
          ['off', false],
        ],
        off: 1,
        salt: 's',
        rules: [{ id: 'r', when: { from: '2026-12-01T00:00:01Z' }, then: { serve: 0 } }],
        otherwise: { serve: 1 },
      },
    })
    expect(timed.isEnabled('sale')).toBe(false)
    now += 1000
    expect(timed.isEnabled('sale')).toBe(true)
  })
})

describe('contexts', () => {
  it('are frozen, and the builder keeps what it had', () => {
    const base = contexts({ country: 'NL' })
    const staff = base.with({ staff: true })
    expect(base.build()).toEqual({ userId: 'u-0', country: 'NL' })
    expect(staff.build()).toEqual({ userId: 'u-0', country: 'NL', staff: true })
    expect(Object.isFrozen(staff.build())).toBe(true)
    expect(base.many(2, i => ({ age: i }))).toEqual([
      { userId: 'u-0', country: 'NL', age: 0 },
      { userId: 'u-1', country: 'NL', age: 1 },
    ])
    expect(contexts({}, { unit: 'accountId' }).many(1)).toEqual([{ accountId: 'u-0' }])
  })
})

describe('flagsFromFiles', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ensign-files-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  write('ensign.yaml', 'project: shop\nenvironments: [staging, production]\nunits: { user: userId }\nunit: user\n')
  write('attributes.yaml', 'attributes:\n  - { name: country, type: string }\n  - { name: email, type: string }\n')
  write('segments/staff.yaml', 'key: staff\nwhen: { email: { endsWith: ["@shop.example"] } }\n')
  write(
    'flags/checkout.yaml',
    `key: checkout
type: boolean
salt: c8f31b0a
environments:
  staging: { enabled: true, otherwise: true }
  production:
    enabled: true
    rules:
      - { id: staff, when: { segment: staff }, serve: true }
      - { id: nl, when: { country: { matches: "^NL$" } }, serve: true }
    otherwise: false
`,
  )

  it('evaluates a workspace without keys, and overrides it', async () => {
    const flags = await flagsFromFiles(folder, { environment: 'production' })
    expect(flags.isEnabled('checkout', { country: 'NL' })).toBe(true)
    expect(flags.isEnabled('checkout', { country: 'DE' })).toBe(false)
    expect(flags.explain('checkout', { email: 'a@shop.example' })).toMatchObject({ rule: 'staff', value: true })
    const scope = flags.override({ checkout: false })
    expect(flags.isEnabled('checkout', { country: 'NL' })).toBe(false)
    scope[Symbol.dispose]()
    expect(flags.isEnabled('checkout', { country: 'NL' })).toBe(true)
    expect((await flagsFromFiles(folder, { environment: 'staging' })).isEnabled('checkout')).toBe(true)
  })

  it('says where a file is wrong', async () => {
    await expect(flagsFromFiles(folder, { environment: 'nowhere' })).rejects.toMatchObject({
      code: 'no_environment',
    })
    await expect(flagsFromFiles(join(folder, 'none'), { environment: 'x' })).rejects.toMatchObject({
      code: 'no_workspace',
    })
    write('flags/broken.yaml', 'key: broken\ntype: boolean\n')
    await expect(flagsFromFiles(folder, { environment: 'staging' })).rejects.toMatchObject({
      at: expect.stringContaining('flags/broken.yaml'),
    })
    rmSync(join(folder, 'flags/broken.yaml'))
  })
})
