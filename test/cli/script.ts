/**
 * One case of the command line as one text file: what is typed, what comes out, and the files that it starts from.
 *
 *   # A remark.
 *   $ ensign lint --dir shop          a command; below it standard output, line by line
 *   1 flag, no problems               with `> FILE` at its end, standard output goes there
 *   2| a line of standard error
 *   [1]                               the exit code, where it is not 0
 *   $ cat flags/a.yaml                also: cd, cp, mv, rm, mkdir, chmod, ls, write FILE TEXT, replace FILE FROM TO, env NAME=VALUE,
 *                                     now TIME (or `real`), input TEXT, answer TEXT (at a question of the terminal)
 *   $ serve ONE store --project shop  a server of the built command in its own process; $ONE is its address from here on
 *   $ end ONE                         ends it; what runs at the end of the script is ended too
 *   -- ensign.yaml --                 from the first such line on: files
 *   project: shop
 *
 * An expected line `...` stands for any number of lines but not for an exit code, and `<*>` inside a line for any text.
 * What changes with each run is told as $DIR, as the address of a server, and under a real clock as $TIME.
 * UPDATE_SCRIPTS=1 writes what came out into the file, with `<*>` for digests and keys.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import type { Io } from '../../src/cli/io.ts'

export interface Step {
  readonly line: number
  readonly words: readonly string[]
  readonly typed: string
  readonly expected: readonly string[]
}

export interface Script {
  readonly steps: readonly Step[]
  readonly files: ReadonlyMap<string, string>
}

export function parseScript(text: string): Script {
  const lines = text.split('\n')
  const firstFile = lines.findIndex(line => /^-- \S+ --$/.test(line))
  const script = firstFile < 0 ? lines : lines.slice(0, firstFile)
  const files = new Map<string, string>()
  if (firstFile >= 0) {
    let name = ''
    for (const line of lines.slice(firstFile)) {
      const marker = /^-- (\S+) --$/.exec(line)
      if (marker !== null) {
        name = marker[1]!
        files.set(name, '')
      } else files.set(name, `${files.get(name)}${line}\n`)
    }
    for (const [file, content] of files) files.set(file, content.replace(/\n+$/, '\n'))
  }
  const steps: { line: number; typed: string; words: string[]; expected: string[] }[] = []
  for (const [i, line] of script.entries()) {
    if (line.startsWith('$ '))
      steps.push({ line: i + 1, typed: line.slice(2), words: words(line.slice(2)), expected: [] })
    else if (steps.length > 0 && !isRemark(script, i)) steps.at(-1)!.expected.push(line)
  }
  for (const step of steps) while (step.expected.at(-1) === '') step.expected.pop()
  return { steps, files }
}

/** A remark stands at the top or behind an empty line; what a command prints may start with a hash too. */
function isRemark(lines: readonly string[], i: number): boolean {
  if (lines[i]?.startsWith('# ') !== true) return false
  return i === 0 || lines[i - 1] === '' || isRemark(lines, i - 1)
}

/** Quotes as a shell has them; nothing is expanded but `\n` in double quotes. */
function words(text: string): string[] {
  return [...text.matchAll(/(?:'[^']*'|"(?:\\.|[^"\\])*"|[^\s'"])+/g)].map(([word]) =>
    word.replaceAll(
      /'([^']*)'|"((?:\\.|[^"\\])*)"/g,
      (_, single?: string, double?: string) => single ?? double!.replaceAll('\\n', '\n').replaceAll(/\\(.)/g, '$1'),
    ),
  )
}

export type Runner = (argv: readonly string[], io: Io) => Promise<number>

/** Runs every step in a new folder; gives what came out, in the form in which it is expected. */
export async function runScript(script: Script, run: Runner): Promise<string[][]> {
  const base = mkdtempSync(join(tmpdir(), 'ensign-script-'))
  // One below, so that a script can use a second folder beside it.
  const folder = join(base, 'work')
  mkdirSync(folder)
  const state: State = {
    folder,
    cwd: folder,
    env: {},
    now: Date.parse('2026-11-21T12:00:00Z'),
    input: '',
    answers: [],
    counter: 1,
    servers: new Map(),
  }
  try {
    for (const [file, content] of script.files) writeInto(join(folder, file), content)
    const outputs: string[][] = []
    try {
      for (const step of script.steps) outputs.push(await runStep(step, state, run))
    } finally {
      for (const name of [...state.servers.keys()]) await endServer(name, state)
    }
    return outputs
  } finally {
    rmSync(base, { recursive: true, force: true })
  }
}

interface State {
  readonly folder: string
  cwd: string
  readonly env: Record<string, string>
  /** Undefined: the clock of this machine, as servers in their own processes have it. */
  now: number | undefined
  input: string
  /** What a person will type at the questions to come; without any, nobody can be asked. */
  answers: string[]
  /** Chance in a script is a counter: the same script makes the same salts and keys. */
  counter: number
  readonly servers: Map<string, { readonly url: string; readonly child: ChildProcess }>
}

async function runStep(step: Step, state: State, run: Runner): Promise<string[]> {
  const typed = step.words.map(word => withAddresses(word, state))
  const file = typed.at(-2) === '>' ? typed.at(-1) : undefined
  const [command, ...args] = file === undefined ? typed : typed.slice(0, -2)
  if (command !== 'ensign') {
    const output = await BUILTINS[command!]?.(args, state)
    if (output === undefined) throw new Error(`line ${step.line}: no command "${command}"`)
    return linesOf(output).map(line => told(line, state))
  }
  const chunks: { stream: '' | '2| '; text: string }[] = []
  const output = (stream: '' | '2| ') => ({ isTTY: false, write: (text: string) => void chunks.push({ stream, text }) })
  const { input, answers } = state
  state.input = ''
  state.answers = []
  const stderrOf = output('2| ')
  const ask = async (question: string) => {
    stderrOf.write(`${question}\n`)
    const answer = answers.shift()
    if (answer === undefined) throw new Error(`line ${step.line}: no answer to "${question}"`)
    return answer
  }
  const status = await run(args, {
    cwd: state.cwd,
    env: state.env,
    stdout: output(''),
    stderr: stderrOf,
    stdin: async () => input,
    ...(answers.length === 0 ? {} : { ask }),
    now: () => state.now ?? Date.now(),
    random: bytes => Uint8Array.from({ length: bytes }, () => (state.counter = (state.counter * 73 + 41) & 0xff)),
    signal: new AbortController().signal,
  })
  const textOf = (stream: '' | '2| ') => chunks.flatMap(one => (one.stream === stream ? [one.text] : [])).join('')
  if (file !== undefined) writeInto(join(state.cwd, file), textOf(''))
  const stdout = file === undefined ? linesOf(textOf('')) : []
  const stderr = linesOf(textOf('2| '))
  const lines = [...stdout, ...stderr.map(line => `2| ${line}`), ...(status === 0 ? [] : [`[${status}]`])]
  return lines.map(line => told(line, state))
}

function told(line: string, state: State): string {
  let text = line.replaceAll(state.folder, '$DIR')
  for (const [name, { url }] of state.servers) text = text.replaceAll(url, `$${name}`)
  return state.now === undefined ? text.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '$TIME') : text
}

function withAddresses(word: string, state: State): string {
  return word.replaceAll(/\$([A-Z]+)/g, (whole, name: string) => state.servers.get(name)?.url ?? whole)
}

const BIN = join(import.meta.dirname, '../../dist/cli/main.js')

async function startServer(name: string, args: readonly string[], state: State): Promise<void> {
  const env = { PATH: process.env.PATH, ...state.env }
  const child = spawn(process.execPath, [BIN, 'serve', ...args, '--port', '0', '--log', 'errors'], {
    cwd: state.cwd,
    env,
  })
  let said = ''
  child.stderr.on('data', chunk => {
    said += chunk
  })
  const url = await new Promise<string>((done, fail) => {
    child.stdout.once('data', chunk => done(/http:\S+/.exec(String(chunk))![0]))
    child.once('exit', code => fail(new Error(`the server ended with ${code}: ${said}`)))
  })
  state.servers.set(name, { url, child })
}

async function endServer(name: string, { servers }: State): Promise<void> {
  const { child } = servers.get(name)!
  servers.delete(name)
  const gone = new Promise(done => child.once('exit', done))
  child.kill('SIGTERM')
  await gone
}

const linesOf = (text: string) => (text.trim() === '' ? [] : text.replace(/\n+$/, '').split('\n'))

const BUILTINS: Record<string, (args: string[], state: State) => string | Promise<string>> = {
  cat: ([file], state) => readFileSync(join(state.cwd, file!), 'utf8'),
  cd: ([to], state) => {
    state.cwd = resolve(state.cwd, to!)
    return ''
  },
  cp: ([from, to], state) => {
    cpSync(join(state.cwd, from!), join(state.cwd, to!), { recursive: true })
    return ''
  },
  mv: ([from, to], state) => {
    renameSync(join(state.cwd, from!), join(state.cwd, to!))
    return ''
  },
  rm: ([what], state) => {
    rmSync(join(state.cwd, what!), { recursive: true })
    return ''
  },
  mkdir: ([what], state) => {
    mkdirSync(join(state.cwd, what!), { recursive: true })
    return ''
  },
  chmod: ([mode, file], state) => {
    chmodSync(join(state.cwd, file!), Number.parseInt(mode!, 8))
    return ''
  },
  ls: ([what = '.'], state) => {
    const top = join(state.cwd, what)
    const names = readdirSync(top, { recursive: true, encoding: 'utf8' })
    return names
      .filter(name => statSync(join(top, name)).isFile())
      .map(name => relative(top, join(top, name)))
      .sort()
      .join('\n')
  },
  write: ([file, text], state) => {
    writeInto(join(state.cwd, file!), text!)
    return ''
  },
  replace: ([file, from, to], state) => {
    const path = join(state.cwd, file!)
    const text = readFileSync(path, 'utf8')
    if (!text.includes(from!)) throw new Error(`${file} does not hold "${from}"`)
    writeFileSync(
      path,
      text.replace(from!, () => to!),
    )
    return ''
  },
  env: ([pair], state) => {
    const at = pair!.indexOf('=')
    state.env[pair!.slice(0, at)] = pair!.slice(at + 1)
    return ''
  },
  now: ([time], state) => {
    state.now = time === 'real' ? undefined : Date.parse(time!)
    return ''
  },
  answer: (answers, state) => {
    state.answers = answers
    return ''
  },
  async serve([name, ...args], state) {
    await startServer(name!, args, state)
    return ''
  },
  async end([name], state) {
    await endServer(name!, state)
    return ''
  },
  input: ([text], state) => {
    state.input = text!
    return ''
  },
}

function writeInto(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}

export function matches(expected: readonly string[], actual: readonly string[]): boolean {
  if (expected.length === 0) return actual.length === 0
  const [first, ...rest] = expected
  if (first === '...') {
    for (let skipped = 0; skipped <= actual.length; skipped++) {
      if (matches(rest, actual.slice(skipped))) return true
      if (/^\[\d\]$/.test(actual[skipped] ?? '')) return false
    }
    return false
  }
  if (actual.length === 0 || !lineMatches(first!, actual[0]!)) return false
  return matches(rest, actual.slice(1))
}

function lineMatches(expected: string, actual: string): boolean {
  if (!expected.includes('<*>')) return expected === actual
  const pattern = expected.split('<*>').map(escapeForRegExp).join('.*')
  return new RegExp(`^${pattern}$`, 's').test(actual)
}

const escapeForRegExp = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** The script with what came out in the place of what was expected, where that did not match. */
export function updateScript(text: string, script: Script, outputs: readonly (readonly string[])[]): string {
  const lines = text.split('\n')
  const updated: string[] = []
  let step = -1
  let files = false
  let dropped = false
  for (const [i, line] of lines.entries()) {
    files ||= /^-- \S+ --$/.test(line)
    if (!files && line.startsWith('$ ')) {
      step++
      updated.push(line)
      dropped = !matches(script.steps[step]!.expected, outputs[step]!)
      if (dropped) updated.push(...outputs[step]!.map(withoutChance))
    } else if (files || step < 0 || !dropped || isRemark(lines, i) || isGap(lines, i)) updated.push(line)
  }
  return updated.join('\n')
}

/** Digests, keys and thumbprints are new in each run, and so is what was measured. */
function withoutChance(line: string): string {
  return line.replaceAll(/\b(?:[0-9a-f]{32}){1,2}\b|(?<![\w-])[\w-]{43}(?![\w-])|\b\d+(?= ms\b)/g, '<*>')
}

/** An empty line in front of the next command, remark or file. */
function isGap(lines: readonly string[], i: number): boolean {
  const next = lines[i + 1] ?? ''
  return lines[i] === '' && (next.startsWith('$ ') || next.startsWith('-- ') || isRemark(lines, i + 1))
}
