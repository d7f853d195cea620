import { EnsignError } from '../base/errors.ts'
import { COMMANDS } from './commands/index.ts'
import { helpPage } from './help.ts'
import type { Io } from './io.ts'
import { paintFor } from './paint.ts'
import { type Parsed, parse } from './parse.ts'
import { failureJson, failureOf, printFailure } from './print.ts'
import { VERSION } from './version.ts'

/** 0 done, 1 finding or refusal, 2 wrong use. Never throws. */
export async function main(argv: readonly string[], given: Io): Promise<0 | 1 | 2> {
  const io = { ...given, env: withoutEmpty(given.env) }
  const words = argv.filter(word => !word.startsWith('-'))
  try {
    if (argv.includes('--version') && words.length === 0) return print(io, `ensign ${VERSION}`)
    if (argv.includes('--help') || argv.includes('-h') || argv.length === 0) {
      return print(io, helpPage(COMMANDS, words, paintFor(io, io.stdout)))
    }
    const { command, call }: Parsed = await parse(COMMANDS, argv, io)
    const result = await command
      .run(call)
      .catch(thrown => {
        throw withHelp(thrown, command.name)
      })
      .finally(() => call.progress(''))
    if (result === undefined) return 0
    print(io, call.json ? JSON.stringify(result.json, null, 2) : result.text)
    return result.exit ?? 0
  } catch (thrown) {
    const failure = failureOf(thrown)
    if (argv.includes('--json')) print(io, JSON.stringify(failureJson(failure), null, 2))
    else io.stderr.write(`${printFailure(failure, paintFor(io, io.stderr))}\n`)
    if (failure.code === 'internal' && io.env.ENSIGN_DEBUG) io.stderr.write(`${(thrown as Error).stack}\n`)
    return thrown instanceof EnsignError && thrown.code === 'usage' ? 2 : 1
  }
}

/** Wrong use that has no cure of its own is cured by the page of its command. */
function withHelp(thrown: unknown, name: string): unknown {
  if (!(thrown instanceof EnsignError) || thrown.code !== 'usage' || thrown.cure !== undefined) return thrown
  return new EnsignError('usage', thrown.message, {
    at: thrown.at,
    cure: `Run \`ensign help ${name}\`.`,
    cause: thrown,
  })
}

/** A variable that is set to nothing, as CI does with what it does not know, is one that is not set. */
function withoutEmpty(env: Io['env']): Io['env'] {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
}

function print(io: Io, text: string): 0 {
  if (text !== '') io.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
  return 0
}
