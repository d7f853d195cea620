import { makeToken } from '../../adapters/serve/access.ts'
import type { Command } from '../command.ts'

export const token: Command = {
  name: 'token',
  topic: 'serve',
  summary: 'make a bearer token for a server, and the row of its token file',
  about: 'The token is shown once and kept nowhere. The row holds only its SHA-256; add it to {"tokens":[…]}.',
  options: [
    { flags: '--id <name>', about: 'how the access log names it', required: true },
    { flags: '--project <name>', about: 'the project that it reads', required: true },
    { flags: '-e, --environment <name>', about: 'an environment that it reads; all where absent', many: true },
    { flags: '--metrics', about: 'may read /metrics as well' },
  ],
  examples: [{ command: 'ensign token --id web --project shop -e production', shows: 'for one environment' }],
  json: { token: 'the token', row: 'what the token file keeps' },
  async run(call) {
    const environments = call.list('environment')
    const { secret, stored } = makeToken(call.io.random(32), {
      id: call.need('id'),
      project: call.need('project'),
      environments: environments.length === 0 ? '*' : environments,
      ...(call.has('metrics') && { metrics: true }),
    })
    const row = { ...stored, environments: stored.environments === '*' ? '*' : [...stored.environments] } as const
    return { json: { token: secret, row }, text: `token  ${secret}\nrow    ${JSON.stringify(row)}` }
  },
}
