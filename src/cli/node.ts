import { randomFillSync } from 'node:crypto'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { EnsignError } from '../base/errors.ts'
import type { Io, Output } from './io.ts'

/** The process that this is. An interrupt aborts the signal; a second one ends the process. */
export function nodeIo(): Io {
  const interrupt = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupt.abort())
  // A reader that has seen enough (`| head`) is no error, and the end of a command; a server that only logs there says
  // so by listening as well.
  process.stdout.on('error', error => {
    if (process.stdout.listenerCount('error') > 1) return
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') process.exit(0)
    throw error
  })
  return {
    cwd: process.cwd(),
    env: process.env,
    stdout: output(process.stdout),
    stderr: output(process.stderr),
    stdin: () => text(process.stdin),
    ...(process.stdin.isTTY && process.stderr.isTTY ? { ask } : {}),
    now: Date.now,
    random: bytes => randomFillSync(new Uint8Array(bytes)),
    signal: interrupt.signal,
  }
}

function output(stream: NodeJS.WriteStream): Output {
  return { write: chunk => void stream.write(chunk), isTTY: stream.isTTY === true }
}

async function ask(question: string, options: { secret?: boolean } = {}): Promise<string> {
  process.stderr.write(question)
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({
    input: process.stdin,
    output: options.secret === true ? silent : process.stderr,
    terminal: true,
  })
  try {
    return (await lines.question('')).trim()
  } catch (cause) {
    throw new EnsignError('interrupted', 'no answer was given', { cause })
  } finally {
    lines.close()
    if (options.secret === true) process.stderr.write('\n')
  }
}
