import { type Command, TOPICS } from '../../src/cli/command.ts'
import { COMMANDS } from '../../src/cli/commands/index.ts'
import { optionAbout, TOPIC_TITLES, usageLine } from '../../src/cli/help.ts'
import { COMMON } from '../../src/cli/parse.ts'

export function cliPage(): string {
  const lines = [
    '# Command line',
    '',
    'Every command ends with 0 when it is done, 1 when there is a finding or a refusal, 2 when it was used wrongly. Errors go to',
    'standard error as `error[code]: what`, where, and the cure; the codes are in [errors.md](errors.md) and [lint.md](lint.md).',
    'With `--json` a command prints one JSON document on standard output; an error is `{"error": {"code", "what", "where", "cure"}}`.',
    'Colours are used on a terminal only, and never where `NO_COLOR` is set.',
    '',
    '| on every command | |',
    '|---|---|',
    ...COMMON.map(option => `| \`${option.flags}\` | ${cell(option.about)} |`),
    '',
  ]
  for (const topic of TOPICS) {
    const rows = COMMANDS.filter(command => command.topic === topic)
    if (rows.length === 0) continue
    lines.push(`## ${TOPIC_TITLES[topic]}`, '', ...rows.flatMap(section))
  }
  return `${lines.join('\n').trimEnd()}\n`
}

function section(command: Command): string[] {
  const lines = [`### ensign ${command.name}`, '', `${sentence(command.summary)}`, '']
  if (command.about !== undefined) lines.push(command.about, '')
  lines.push('```text', usageLine(command), '```', '')
  const rows = [
    ...(command.args ?? []).map(argument => [argument.name.toUpperCase(), argument.about]),
    ...(command.options ?? []).map(option => [option.flags, optionAbout(option)]),
  ]
  if (rows.length > 0) {
    lines.push('| takes | |', '|---|---|', ...rows.map(([name, about]) => `| \`${name}\` | ${cell(about!)} |`), '')
  }
  for (const { command: line, shows } of command.examples)
    lines.push(`${sentence(shows)}`, '', '```text', line, '```', '')
  lines.push('| `--json` | |', '|---|---|')
  lines.push(...Object.entries(command.json).map(([name, about]) => `| \`${name}\` | ${cell(about)} |`), '')
  return lines
}

const sentence = (text: string) => `${text[0]!.toUpperCase()}${text.slice(1)}.`
const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;')
