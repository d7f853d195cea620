/**
 * Runs the code blocks of a page, in order, in one folder. The words behind the language say what becomes of a block:
 *
 *   ```ts                  run as a module            ```sh               run by bash, `ensign` on the PATH
 *   ```yaml file=a/b.yaml  written to the folder      ```sh background    started, ended with the page
 *   ```ts file=app.ts      written, not run           ```text             shown only
 *   ```ts expect="two"     its output must hold this  ```sh exit=1        must end with this status
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { transformSync } from 'esbuild'

export interface Block {
  readonly language: string
  readonly words: ReadonlyMap<string, string>
  readonly text: string
  readonly line: number
}

export const ROOT = resolve(import.meta.dirname, '../..')
const SHOWN = new Set(['text', 'abnf', 'http', 'diff', 'mermaid', 'nginx', 'dockerfile', 'toml'])
const LIMIT_MS = 60_000

export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = []
  const lines = markdown.split('\n')
  for (let i = 0; i < lines.length; i++) {
    const open = /^(\s*)```(\S*)(.*)$/.exec(lines[i]!)
    if (open === null) continue
    const start = i
    const indent = open[1]!.length
    const text: string[] = []
    for (i++; i < lines.length && lines[i]!.trim() !== '```'; i++) text.push(lines[i]!.slice(indent))
    if (i === lines.length) throw new Error(`line ${start + 1}: a code block that nothing closes`)
    blocks.push({ language: open[2]!, words: wordsOf(open[3]!), text: `${text.join('\n')}\n`, line: start + 1 })
  }
  return blocks
}

function wordsOf(info: string): Map<string, string> {
  const words = new Map<string, string>()
  for (const match of info.matchAll(/([a-z]+)(?:=(?:"([^"]*)"|(\S+)))?/g))
    words.set(match[1]!, match[2] ?? match[3] ?? '')
  return words
}

export class Page {
  readonly folder: string
  readonly #running: ChildProcess[] = []

  constructor(name: string) {
    this.folder = join(ROOT, 'test/docs/.work', name.replaceAll(/[^a-z0-9]+/gi, '-'))
    rmSync(this.folder, { recursive: true, force: true })
    mkdirSync(join(this.folder, '.bin'), { recursive: true })
    writeFileSync(join(this.folder, '.bin/ensign'), `#!/bin/sh\nexec node ${ROOT}/dist/cli/main.js "$@"\n`, {
      mode: 0o755,
    })
  }

  async run(block: Block, index: number): Promise<void> {
    const file = block.words.get('file')
    if (file !== undefined) {
      const path = join(this.folder, file)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, block.text)
      return
    }
    if (SHOWN.has(block.language)) return
    if (block.language === 'json') return void JSON.parse(block.text)
    if (block.language === 'yaml') return
    if (block.language === 'ts' || block.language === 'js') {
      const path = join(this.folder, `block-${index}.mjs`)
      writeFileSync(path, transformSync(block.text, { loader: 'ts', format: 'esm', target: 'node20' }).code)
      return this.#execute(block, process.execPath, [path])
    }
    if (block.language === 'sh') {
      if (
        block.text
          .trim()
          .split('\n')
          .every(line => /^(npm|npx|#)/.test(line))
      )
        return knownScripts(block.text)
      return this.#execute(block, 'bash', ['-euo', 'pipefail', '-c', block.text])
    }
    throw new Error(`a code block of language "${block.language}" that nothing here knows how to check`)
  }

  async #execute(block: Block, command: string, args: string[]): Promise<void> {
    const child = spawn(command, args, {
      cwd: this.folder,
      env: { ...process.env, PATH: `${this.folder}/.bin:${process.env.PATH}`, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    let output = ''
    const collect = (chunk: Buffer) => {
      output += chunk.toString()
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    if (block.words.has('background')) {
      this.#running.push(child)
      await new Promise<void>((done, fail) => {
        child.stdout.once('data', () => done())
        child.once('exit', status => fail(new Error(`ended with ${status}:\n${output}`)))
      })
      child.removeAllListeners('exit')
      return
    }
    const status = await new Promise<number | null>(done => {
      const timer = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), LIMIT_MS)
      child.once('close', code => {
        clearTimeout(timer)
        done(code)
      })
    })
    const wanted = Number(block.words.get('exit') ?? 0)
    if (status !== wanted) throw new Error(`ended with ${status}, not ${wanted}:\n${output}`)
    const expected = block.words.get('expect')
    if (expected !== undefined && !output.includes(expected)) throw new Error(`printed no "${expected}":\n${output}`)
  }

  close(): void {
    for (const child of this.#running) {
      try {
        process.kill(-child.pid!, 'SIGTERM')
      } catch {
        // It had ended by itself.
      }
    }
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Blocks of npm commands are what CI itself runs, or an installation: their scripts must exist. */
function knownScripts(text: string): void {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  for (const match of text.matchAll(/npm run (\S+)/g)) {
    if (scripts[match[1]!] === undefined) throw new Error(`package.json has no script ${match[1]}`)
  }
}
