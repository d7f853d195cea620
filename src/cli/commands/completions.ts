import { EnsignError } from '../../base/errors.ts'
import type { Command } from '../command.ts'
import { SHELLS, type Shell } from '../completions.ts'

export const completions: Command = {
  name: 'completions',
  topic: 'other',
  summary: 'print a completion script for your shell',
  args: [{ name: 'shell', about: Object.keys(SHELLS).join(', ') }],
  examples: [
    { command: 'ensign completions bash > ~/.local/share/bash-completion/completions/ensign', shows: 'for bash' },
  ],
  json: { shell: 'the shell', script: 'the script' },
  async run(call) {
    const shell = call.need('shell')
    if (!Object.hasOwn(SHELLS, shell)) {
      throw new EnsignError('usage', `no completions for "${shell}"`, {
        cure: `Take ${Object.keys(SHELLS).join(', ')}.`,
      })
    }
    const script = SHELLS[shell as Shell](call.commands)
    return { json: { shell, script }, text: script }
  },
}
