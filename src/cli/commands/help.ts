import type { Command } from '../command.ts'
import { helpPage } from '../help.ts'

export const help: Command = {
  name: 'help',
  topic: 'other',
  summary: 'show the commands, or one of them with an example',
  args: [{ name: 'command', about: 'one or two words', optional: true, many: true }],
  examples: [{ command: 'ensign help lint', shows: 'what lint takes' }],
  json: { commands: 'array of {name, summary}' },
  run: async call => ({
    json: { commands: call.commands.map(({ name, summary }) => ({ name, summary })) },
    text: helpPage(call.commands, call.list('command'), call.paint),
  }),
}
