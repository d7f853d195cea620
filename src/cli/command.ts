import type { Json } from '../base/json.ts'
import type { Io } from './io.ts'
import type { Paint } from './paint.ts'

/** A row of the table of commands: all that parsing, help, completions and the reference page need. */
export interface Command {
  /** One word, or two for a member of a group such as `root propose`. */
  readonly name: string
  readonly topic: Topic
  /** One line, without a full stop. */
  readonly summary: string
  /** Paragraphs below the summary. */
  readonly about?: string
  readonly args?: readonly Argument[]
  readonly options?: readonly Option[]
  /** Options that somebody may look for here, and the cure that tells why there are none: by `--name`. */
  readonly lacks?: Readonly<Record<string, string>>
  readonly examples: readonly [Example, ...Example[]]
  /** Members of the document that `--json` prints. */
  readonly json: Readonly<Record<string, string>>
  /** Gives what is printed, or undefined where it has written to `io` by itself. */
  run(call: Call): Promise<Result | undefined>
}

export const TOPICS = ['workspace', 'change', 'emergency', 'trust', 'audit', 'serve', 'other'] as const
export type Topic = (typeof TOPICS)[number]

export interface Argument {
  readonly name: string
  readonly about: string
  readonly optional?: boolean
  /** Takes all that follow. */
  readonly many?: boolean
}

export interface Option {
  /** As commander takes it: `-e, --environment <name>`, or `--fix` without a value. */
  readonly flags: string
  readonly about: string
  readonly required?: boolean
  /** May be given several times. */
  readonly many?: boolean
  readonly choices?: readonly string[]
  readonly default?: string
}

interface Example {
  readonly command: string
  readonly shows: string
}

export interface Result {
  /** 1: there are findings, or the answer is no. */
  readonly exit?: 0 | 1
  readonly json: Json
  readonly text: string
}

/** One run of a command, with its arguments and options by name: `text('environment')` for `--environment`. */
export interface Call {
  readonly io: Io
  /** The workspace's folder: `--dir`, else where the command was typed. */
  readonly dir: string
  /** `--json` was given: write nothing else to standard output. */
  readonly json: boolean
  readonly paint: Paint
  /** The whole table, for help and completions. */
  readonly commands: readonly Command[]
  text(name: string): string | undefined
  /** Ends with a usage error where it is absent. */
  need(name: string): string
  list(name: string): readonly string[]
  has(name: string): boolean
  /** A remark beside the result, on standard error. */
  note(text: string): void
  /** What is going on, on a terminal, once it has taken longer than a second. */
  progress(what: string): void
}
