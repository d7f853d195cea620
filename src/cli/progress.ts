import type { Io } from './io.ts'

const PATIENCE_MS = 1_000

/** One line on standard error that overwrites itself, shown once the command has run for a second. */
export function progressOf(io: Io, json: boolean): (what: string) => void {
  const start = io.now()
  return what => {
    if (json || !io.stderr.isTTY || io.now() - start < PATIENCE_MS) return
    io.stderr.write(`\r\u001b[2K${what === '' ? '' : `${what} …`}`)
  }
}
