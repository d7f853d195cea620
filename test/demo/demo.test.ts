import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'

interface Told {
  readonly ok: boolean
  readonly claims: readonly {
    readonly chapter: string
    readonly what: string
    readonly ok: boolean
    readonly details: Readonly<Record<string, unknown>>
  }[]
}

describe('npm run demo -- --json', () => {
  let told: Told
  beforeAll(async () => {
    const args = ['scripts/run.mjs', 'scripts/demo/main.ts', '--json']
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: resolve(import.meta.dirname, '../..') })
    told = JSON.parse(stdout) as Told
  }, 60_000)

  const detailsOf = (chapter: RegExp) =>
    told.claims.filter(claim => chapter.test(claim.chapter)).map(({ details }) => details)

  it('comes to an end with every claim held', () => {
    expect(told.claims.filter(({ ok }) => !ok)).toEqual([])
    expect(told.ok).toBe(true)
  })

  it('refuses what was not approved, and puts in force what four people did', () => {
    expect(detailsOf(/proposed/).map(({ code }) => code)).toEqual([
      undefined,
      'threshold',
      'own_change',
      undefined,
      undefined,
    ])
    expect(detailsOf(/evaluates/)[0]).toEqual({ author: 'ana', signers: ['ana', 'ben', 'cleo'] })
  })

  it('grows a rollout for whom it should, and stops a flag', () => {
    const [, grown] = detailsOf(/rollout/)
    const { users, before, after, joined, left } = grown as Record<string, number>
    expect([joined, left]).toEqual([after! - before!, 0])
    expect(before! / users!).toBeCloseTo(0.1, 1)
    expect(after! / users!).toBeCloseTo(0.25, 1)
    expect(detailsOf(/stops/)[0]).toEqual({ ms: expect.any(Number) })
  })

  it('refuses five attacks, each by its code, and keeps its values', () => {
    expect(detailsOf(/owns the server/)).toEqual([
      { attack: 'changed rule', code: 'signature', kept: true },
      { attack: 'missing approval', code: 'threshold', kept: true },
      { attack: 'self-approval', code: 'threshold', kept: true },
      { attack: 'rollback', code: 'rollback', kept: true },
      { attack: 'rewritten log', code: 'log_rewritten', kept: true },
    ])
  })

  it('verifies its own history', () => {
    expect(detailsOf(/history/)[0]).toMatchObject({ entries: 3, releases: 2, stops: 1, findings: [] })
  })
})
