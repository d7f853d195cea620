import { describe, expect, it } from 'vitest'
import { completeStages, judgeProposal, judgeRelease, judgeStop } from '../../../src/publisher/policy/judge.ts'
import { whoMay } from '../../../src/publisher/policy/presets.ts'
import type { ChangeRequest, Grant, JudgedChange, Policy } from '../../../src/publisher/policy/types.ts'
import { isOpen, nextOpening } from '../../../src/publisher/policy/windows.ts'

const at = (text: string) => Date.parse(text)
/** A Saturday. */
const NOW = at('2026-11-21T12:00:00Z')

const grant = (person: string, role: string, environments: string[] | null = null): Grant => ({
  person,
  role,
  environments,
  until: null,
})
const all = { environments: null, risk: null }

const policy = (more: Partial<Policy> = {}): Policy => ({
  roles: [{ name: 'security', may: [], environments: null }],
  grants: [
    grant('alice', 'developer'),
    grant('bob', 'release-manager', ['production']),
    grant('carol', 'release-manager'),
    grant('carol', 'security'),
    { ...grant('dave', 'project-admin'), until: '2026-11-01T00:00:00Z' },
  ],
  approvals: [],
  tickets: [],
  windows: [],
  freezes: [],
  order: [],
  steps: [],
  tests: [],
  ratifyHours: 24,
  ...more,
})

const change = (more: Partial<JudgedChange> = {}): JudgedChange => ({
  permission: 'toggle',
  flag: 'checkout',
  risk: 'high',
  step: 0,
  ripe: () => undefined,
  ...more,
})

const request = (more: Partial<ChangeRequest> = {}): ChangeRequest => ({
  environment: 'production',
  at: NOW,
  author: 'alice',
  approvals: [],
  changes: [change()],
  tickets: [null],
  incident: null,
  testsPassed: true,
  tested: () => true,
  resumes: false,
  ...more,
})

const rules = (found: readonly { rule: string }[]) => found.map(({ rule }) => rule)

describe('grants', () => {
  it('lets a role do what it may, where and while it was granted', () => {
    expect(judgeProposal(policy(), request())).toEqual([])
    expect(rules(judgeProposal(policy(), request({ author: 'dave' })))).toEqual(['grants'])
    expect(judgeProposal(policy(), request({ author: 'dave', at: at('2026-10-31T23:59:59Z') }))).toEqual([])
    expect(rules(judgeProposal(policy(), request({ author: 'bob', environment: 'staging' })))).toEqual(['grants'])
  })

  it('names who could, once for each action', () => {
    const changes = [change({ permission: 'delete' }), change({ permission: 'delete', flag: 'other' })]
    const asked = policy({ grants: [...policy().grants, grant('erin', 'flag-admin')] })
    expect(judgeProposal(asked, request({ changes }))).toMatchObject([{ rule: 'grants', who: ['erin'] }])
  })

  it('lets a role of the policy replace the preset of its name, and keeps to its environments', () => {
    const own = policy({ roles: [{ name: 'developer', may: ['create'], environments: ['staging'] }] })
    expect(whoMay(own, 'toggle', 'staging', NOW)).toEqual(['carol'])
    expect(whoMay(own, 'create', 'production', NOW)).toEqual([])
    expect(whoMay(own, 'create', 'staging', NOW)).toEqual(['alice'])
  })

  it('asks for the permission to lift and to make stops', () => {
    expect(rules(judgeProposal(policy(), request({ resumes: true })))).toEqual(['grants'])
    expect(judgeProposal(policy(), request({ resumes: true, author: 'bob' }))).toEqual([])
    expect(judgeStop(policy(), 'production', 'alice', NOW)).toMatchObject([{ who: ['bob', 'carol'] }])
    expect(judgeStop(policy(), 'production', 'bob', NOW)).toEqual([])
  })
})

describe('tickets, steps, tests', () => {
  it('matches the whole ticket', () => {
    const asked = policy({ tickets: [{ ...all, pattern: 'PAY-[0-9]+', risk: ['high'] }] })
    expect(judgeProposal(asked, request({ tickets: ['PAY-7', 'PAY-8'] }))).toEqual([])
    for (const ticket of [null, 'XPAY-7', 'PAY-7\n', 'PAY-']) {
      expect(rules(judgeProposal(asked, request({ tickets: ['PAY-1', ticket] })))).toEqual(['tickets/0'])
    }
    expect(judgeProposal(asked, request({ changes: [change({ risk: 'low' })] }))).toEqual([])
  })

  it('caps how many people move at once', () => {
    const asked = policy({ steps: [{ ...all, percent: 25, environments: ['production'] }] })
    expect(judgeProposal(asked, request({ changes: [change({ step: 25 })] }))).toEqual([])
    expect(rules(judgeProposal(asked, request({ changes: [change({ step: 25.001 })] })))).toEqual(['steps/0'])
    expect(judgeProposal(asked, request({ author: 'carol', environment: 'staging' }))).toEqual([])
  })

  it('lets someone with the permission go back in one step for an incident', () => {
    const asked = policy({ steps: [{ ...all, percent: 25 }] })
    const back = { changes: [change({ step: 80 })] }
    expect(judgeProposal(asked, request({ ...back, author: 'bob', incident: 'INC-1' }))).toEqual([])
    expect(judgeProposal(asked, request({ ...back, incident: 'INC-1' }))).toMatchObject([
      { rule: 'steps/0', who: ['alice', 'bob', 'carol'] },
    ])
    expect(rules(judgeProposal(asked, request({ ...back, author: 'bob' })))).toEqual(['steps/0'])
  })

  it('wants tests that pass and name the flag', () => {
    const asked = policy({ tests: [{ ...all, risk: ['high', 'critical'] }] })
    expect(judgeProposal(asked, request())).toEqual([])
    expect(rules(judgeProposal(asked, request({ testsPassed: false })))).toEqual(['tests/0'])
    expect(judgeProposal(asked, request({ tested: () => false }))[0]?.what).toContain('checkout')
    expect(judgeProposal(asked, request({ tested: () => false, changes: [change({ risk: 'low' })] }))).toEqual([])
  })
})

describe('order of environments', () => {
  const asked = policy({ order: [{ environment: 'production', after: 'staging', hours: 24 }] })
  const ripe = (since: string | undefined) =>
    request({ changes: [change({ ripe: () => (since === undefined ? undefined : at(since)) })] })

  it('waits for the time in the environment before', () => {
    expect(rules(judgeRelease(asked, ripe(undefined)))).toEqual(['order/0'])
    expect(judgeRelease(asked, ripe('2026-11-21T11:00:00Z'))[0]?.how).toContain('--at 2026-11-22T11:00:00Z')
    expect(judgeRelease(asked, ripe('2026-11-20T12:00:00Z'))).toEqual([])
  })
})

describe('approvals', () => {
  const asked = policy({ approvals: [{ ...all, count: 2, risk: ['high'], stages: [] }] })
  const by = (...people: string[]) => request({ approvals: people.map((person, i) => ({ person, at: NOW + i })) })

  it('counts distinct people who may approve, and not the author', () => {
    expect(rules(judgeRelease(asked, by('bob')))).toEqual(['approvals/0'])
    expect(rules(judgeRelease(asked, by('bob', 'bob')))).toEqual(['approvals/0'])
    expect(rules(judgeRelease(asked, by('bob', 'alice')))).toEqual(['approvals/0'])
    expect(rules(judgeRelease(asked, by('bob', 'dave')))).toEqual(['approvals/0'])
    expect(judgeRelease(asked, by('bob', 'carol'))).toEqual([])
    expect(judgeRelease(asked, by('bob'))[0]?.who).toEqual(['carol'])
  })

  it('keeps the order of stages', () => {
    const staged = policy({
      approvals: [
        { ...all, count: 2, stages: [{ name: 'security', role: 'security', count: 1 }, stage('release-manager')] },
      ],
    })
    expect(judgeRelease(staged, by('carol', 'bob'))).toEqual([])
    expect(judgeRelease(staged, by('bob', 'carol'))).toMatchObject([{ rule: 'approvals/0/stages/1' }])
    expect(judgeRelease(staged, by('bob'))).toMatchObject([{}, { rule: 'approvals/0/stages/0', who: ['carol'] }])
  })

  it('finds people for the stages where a greedy choice would not', () => {
    const holds = (person: string, { role }: { role: string }) => (role === 'a' ? true : person === 'x')
    const stages = [stage('a'), stage('b')]
    const both = [
      { person: 'x', at: 1 },
      { person: 'y', at: 1 },
    ]
    expect(completeStages(stages, both, holds)).toBe(2)
    expect(completeStages(stages, both.slice(0, 1), holds)).toBe(1)
  })

  function stage(role: string) {
    return { name: role, role, count: 1 }
  }
})

describe('windows', () => {
  const week = {
    environments: null,
    zone: 'Europe/Amsterdam',
    days: ['mon', 'tue', 'wed', 'thu'],
    from: '09:00',
    until: '16:00',
  } as const
  const asked = policy({ windows: [week] })

  it('reads the clock of the zone, summer and winter', () => {
    expect(isOpen(week, at('2026-11-23T08:00:00Z'))).toBe(true)
    expect(isOpen(week, at('2026-11-23T07:59:59Z'))).toBe(false)
    expect(isOpen(week, at('2026-11-23T15:00:00Z'))).toBe(false)
    expect(isOpen(week, at('2026-07-20T07:00:00Z'))).toBe(true)
  })

  it('runs over midnight into the next day', () => {
    const night = { environments: null, zone: 'UTC', days: ['fri'], from: '22:00', until: '02:00' } as const
    expect(isOpen(night, at('2026-11-20T23:00:00Z'))).toBe(true)
    expect(isOpen(night, at('2026-11-21T01:59:00Z'))).toBe(true)
    expect(isOpen(night, at('2026-11-20T01:00:00Z'))).toBe(false)
  })

  it('tells when the next one opens', () => {
    expect(nextOpening([week], NOW)).toBe(at('2026-11-23T08:00:00Z'))
    expect(judgeRelease(asked, request())[0]?.how).toContain('--at 2026-11-23T08:00:00Z')
  })

  it('lets someone with the permission act for an incident', () => {
    expect(judgeRelease(asked, request({ author: 'bob', incident: 'INC-1' }))).toEqual([])
    expect(rules(judgeRelease(asked, request({ author: 'alice', incident: 'INC-1' })))).toEqual(['windows'])
    expect(rules(judgeRelease(asked, request({ author: 'bob' })))).toEqual(['windows'])
  })

  it('keeps a freeze', () => {
    const frozen = policy({
      freezes: [{ environments: null, from: '2026-11-20T00:00:00Z', until: '2026-11-30T00:00:00Z', why: 'sale' }],
    })
    expect(rules(judgeRelease(frozen, request()))).toEqual(['freezes/0'])
    expect(judgeRelease(frozen, request({ at: at('2026-11-30T00:00:00Z') }))).toEqual([])
  })
})
