import { openState } from '../../../src/bundle/open.ts'
import { ATTACKS, judge } from '../../attacks/run.ts'
import type { Case } from '../case.ts'

/** Every attack, with the verdict that it has everywhere else. */
export const attackCases: readonly Case[] = ATTACKS.map(attack => ({
  name: `attack ${attack.id}`,
  async run() {
    const { got, expected, message } = await judge({ openState }, attack)
    if (got !== expected) throw new Error(`${got} and not ${expected}: ${message}`)
  },
}))
