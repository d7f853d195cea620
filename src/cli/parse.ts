import { resolve } from 'node:path'
import { Argument, Command as Commander, type CommanderError, Option as CommanderOption } from 'commander'
import { EnsignError } from '../base/errors.ts'
import { didYouMean } from '../publisher/workspace/suggest.ts'
import type { Call, Command, Option } from './command.ts'
import type { Io } from './io.ts'
import { paintFor } from './paint.ts'
import { progressOf } from './progress.ts'

/** Every command takes these. */
export const COMMON: readonly Option[] = [
  { flags: '-C, --dir <folder>', about: 'the workspace, instead of the folder that you are in' },
  { flags: '--json', about: 'print one JSON document instead of text' },
]

export interface Parsed {
  readonly command: Command
  readonly call: Call
}

/** Finds the row that the words name and reads its arguments; anything else is a `usage` error. */
export async function parse(commands: readonly Command[], argv: readonly string[], io: Io): Promise<Parsed> {
  let parsed: Parsed | undefined
  const program = quiet(new Commander('ensign'))
  for (const row of commands) {
    const [first, second] = row.name.split(' ') as [string, string | undefined]
    let parent = program
    if (second !== undefined) {
      parent = program.commands.find(one => one.name() === first) ?? quiet(program.command(first))
    }
    const command = quiet(parent.command(second ?? first))
    for (const argument of row.args ?? []) {
      const dots = argument.many === true ? '...' : ''
      command.addArgument(
        new Argument(argument.optional === true ? `[${argument.name}${dots}]` : `<${argument.name}${dots}>`),
      )
    }
    for (const option of [...(row.options ?? []), ...COMMON]) command.addOption(optionOf(option))
    command.action(() => {
      const values = new Map<string, unknown>()
      for (const [i, argument] of (row.args ?? []).entries()) values.set(argument.name, command.processedArgs[i])
      for (const option of command.options) {
        const value = command.getOptionValue(option.attributeName())
        // `--no-ui` is kept under `ui`, which is true until somebody says so.
        values.set(option.long!.slice(2), option.negate ? value === false : value)
      }
      parsed = { command: row, call: callOf(values, io, commands) }
    })
  }
  try {
    await program.parseAsync(argv as string[], { from: 'user' })
  } catch (error) {
    throw usageOf(error as CommanderError, rowIn(commands, argv))
  }
  if (parsed === undefined) throw new EnsignError('usage', 'no command was given', { cure: 'Run `ensign help`.' })
  return parsed
}

function quiet(command: Commander): Commander {
  return command
    .exitOverride()
    .configureOutput({ writeErr: () => {}, writeOut: () => {} })
    .helpOption(false)
    .helpCommand(false)
    .showSuggestionAfterError(true)
}

function optionOf(option: Option): CommanderOption {
  const one = new CommanderOption(option.flags, option.about)
  if (option.many === true) one.argParser((value: string, all: string[] | undefined) => [...(all ?? []), value])
  if (option.choices !== undefined && option.many !== true) one.choices(option.choices)
  if (option.default !== undefined) one.default(option.default)
  if (option.required === true) one.makeOptionMandatory()
  return one
}

function callOf(values: ReadonlyMap<string, unknown>, io: Io, commands: readonly Command[]): Call {
  const text = (name: string) => {
    const value = values.get(name)
    return typeof value === 'string' ? value : undefined
  }
  const json = values.get('json') === true
  const progress = progressOf(io, json)
  const { ask } = io
  const asking: Pick<Io, 'ask'> =
    ask === undefined
      ? {}
      : {
          ask: (question, options) => {
            progress('')
            return ask(question, options)
          },
        }
  return {
    io: { ...io, ...asking },
    dir: resolve(io.cwd, text('dir') ?? '.'),
    json,
    paint: paintFor(io, io.stdout),
    commands,
    text,
    need(name) {
      const value = text(name)
      if (value === undefined) throw new EnsignError('usage', `--${name} is needed`)
      return value
    },
    list(name) {
      const value = values.get(name)
      if (Array.isArray(value)) return value as string[]
      return typeof value === 'string' ? [value] : []
    },
    has: name => values.get(name) !== undefined && values.get(name) !== false,
    note: line => {
      progress('')
      io.stderr.write(`${line}\n`)
    },
    progress,
  }
}

function rowIn(commands: readonly Command[], argv: readonly string[]): Command | undefined {
  return commands.find(({ name }) => name.split(' ').every((word, i) => argv[i] === word))
}

/** Commander says `error: unknown option '--x'\n(Did you mean --y?)`. */
function usageOf(error: CommanderError, row: Command | undefined): EnsignError {
  const [first = '', suggestion] = error.message.replace(/^error: /, '').split('\n')
  const lacked = /^unknown option '(--[a-z-]+)(?:=.*)?'$/s.exec(first)?.[1]
  const why = lacked === undefined ? undefined : row?.lacks?.[lacked]
  const hint = suggestion === undefined ? undefined : /Did you mean (.*)\?/.exec(suggestion)?.[1]
  if (!error.code?.startsWith('commander.')) return new EnsignError('internal', error.message, { cause: error })
  if (error.code === 'commander.help')
    return new EnsignError('usage', 'a command is missing', { cure: 'Run `ensign help`.' })
  const near = hint === undefined ? choiceNear(first) : `Did you mean ${hint}?`
  const help = row === undefined ? 'Run `ensign help`.' : `Run \`ensign help ${row.name}\`.`
  return new EnsignError('usage', first, { cure: why ?? near ?? help, cause: error })
}

/** Commander says `option '--kind <kind>' argument 'relase' is invalid. Allowed choices are release, experiment.` */
function choiceNear(message: string): string | undefined {
  const [, given, choices] = /argument '(.*)' is invalid\. Allowed choices are (.*)\.$/.exec(message) ?? []
  return given === undefined ? undefined : didYouMean(given, choices!.split(', '), `Take one of ${choices}.`)
}
