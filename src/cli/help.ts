import { EnsignError } from '../base/errors.ts'
import { didYouMean } from '../publisher/workspace/suggest.ts'
import { type Argument, type Command, type Option, TOPICS, type Topic } from './command.ts'
import type { Paint } from './paint.ts'
import { COMMON } from './parse.ts'
import { columns } from './print.ts'

export const TOPIC_TITLES: Readonly<Record<Topic, string>> = {
  workspace: 'Flags as files',
  change: 'From a file to what is in force',
  emergency: 'In an emergency',
  trust: 'Keys and roots',
  audit: 'Verify and audit',
  serve: 'Serve',
  other: 'Other',
}

/** All commands, the members of a group, or one command, by the words that name it. */
export function helpPage(commands: readonly Command[], words: readonly string[], paint: Paint): string {
  if (words.length === 0) return overview(commands, paint)
  const two = words.slice(0, 2).join(' ')
  const one = commands.find(row => row.name === two) ?? commands.find(row => row.name === words[0])
  if (one !== undefined) return page(one, paint)
  const group = commands.filter(row => row.name.startsWith(`${words[0]} `))
  if (group.length > 0) return list(group)
  const known = commands.flatMap(({ name }) => [name, name.split(' ')[0]!])
  throw new EnsignError('usage', `unknown command '${words.join(' ')}'`, {
    cure: didYouMean(words.join(' '), known, 'Run `ensign help`.'),
  })
}

export function usageLine(command: Command): string {
  const args = (command.args ?? []).map(argumentText).join(' ')
  const needed = (command.options ?? [])
    .filter(option => option.required)
    .map(option => option.flags.replace(/^-\w, /, ''))
  return ['ensign', command.name, args, ...needed, '[options]'].filter(word => word !== '').join(' ')
}

function argumentText(argument: Argument): string {
  const name = `${argument.name.toUpperCase()}${argument.many === true ? '...' : ''}`
  return argument.optional === true ? `[${name}]` : name
}

export function optionAbout(option: Option): string {
  const facts = [
    option.choices === undefined ? '' : `one of ${option.choices.join(', ')}`,
    option.default === undefined ? '' : `default ${option.default}`,
    option.required === true ? 'needed' : '',
    option.many === true ? 'may be repeated' : '',
  ].filter(fact => fact !== '')
  return facts.length === 0 ? option.about : `${option.about} (${facts.join('; ')})`
}

function overview(commands: readonly Command[], paint: Paint): string {
  const sections = TOPICS.map(topic => [topic, commands.filter(row => row.topic === topic)] as const)
  return [
    `${paint.bold('ensign')}: feature flags from rules signed by the people who approved them`,
    ...sections
      .filter(([, rows]) => rows.length > 0)
      .map(([topic, rows]) => `\n${paint.bold(TOPIC_TITLES[topic])}\n${list(rows)}`),
    '',
    `${paint.dim('ensign help COMMAND')} shows its options and an example. Exit codes: 0 done, 1 finding or refusal, 2 wrong use.`,
  ].join('\n')
}

function list(commands: readonly Command[]): string {
  return columns(
    commands.map(row => [row.name, row.summary]),
    '  ',
  )
}

function page(command: Command, paint: Paint): string {
  const sections = [`${paint.bold(`ensign ${command.name}`)}: ${command.summary}`]
  if (command.about !== undefined) sections.push(command.about)
  sections.push(`${paint.bold('Usage')}\n  ${usageLine(command)}`)
  if (command.args !== undefined) {
    const rows = command.args.map(argument => [argument.name.toUpperCase(), argument.about])
    sections.push(`${paint.bold('Arguments')}\n${columns(rows, '  ')}`)
  }
  const options = [...(command.options ?? []), ...COMMON].map(option => [option.flags, optionAbout(option)])
  sections.push(`${paint.bold('Options')}\n${columns(options, '  ')}`)
  const examples = command.examples.map(({ command: line, shows }) => `  ${paint.dim(`# ${shows}`)}\n  ${line}`)
  sections.push(`${paint.bold(examples.length === 1 ? 'Example' : 'Examples')}\n${examples.join('\n')}`)
  return sections.join('\n\n')
}
