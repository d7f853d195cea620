import { expect, it } from 'vitest'
import { AREAS } from '../../src/cli/codes.ts'
import { COMMANDS } from '../../src/cli/commands/index.ts'
import { helpPage } from '../../src/cli/help.ts'
import { LINT_RULES } from '../../src/publisher/lint/table.ts'

const PLAIN = { bold: String, dim: String, red: String, green: String, yellow: String, cyan: String }

it.each(COMMANDS.map(command => [command.name, command] as const))('%s has help with an example', (name, command) => {
  const page = helpPage(COMMANDS, name.split(' '), PLAIN)
  expect(page).toContain(`ensign ${name}`)
  for (const example of command.examples) expect(example.command).toContain(`ensign ${name}`)
  expect(Object.keys(command.json).length).toBeGreaterThan(0)
})

it('has one name for each command', () => {
  expect(new Set(COMMANDS.map(command => command.name)).size).toBe(COMMANDS.length)
})

it('has one meaning for each code', () => {
  const codes = [...AREAS.flatMap(([, table]) => Object.keys(table)), ...LINT_RULES.map(rule => rule.code)]
  const twice = codes.filter((code, i) => codes.indexOf(code) !== i)
  // Said of a file by the publisher, and of the rules made from it by the engine; the last of a stop, by lint and by the audit.
  expect(twice.sort()).toEqual(['cycle', 'same_salt', 'secret_missing', 'stop_not_ratified'])
})
