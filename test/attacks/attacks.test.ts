import { describe, expect, it } from 'vitest'
import { openState } from '../../src/bundle/open.ts'
import { ATTACKS, judge } from './run.ts'

describe('attacks', () => {
  it('have names of their own', () => {
    expect(new Set(ATTACKS.map(one => one.id)).size).toBe(ATTACKS.length)
  })

  it.each(ATTACKS.map(one => [one.id, one] as const))('%s', async (_, attack) => {
    const { got, expected, message } = await judge({ openState }, attack)
    expect(got, message).toBe(expected)
  })
})
