import type { Io } from './io.ts'

const PATIENCE_MS = 1_000

/**
 * One line on standard error that overwrites itself, shown once the command has run for a second: whether it is at
 * work, which shows at the next word of it, or waits for somebody. Nothing said takes the line away.
 */
export function progressOf(io: Io, json: boolean): (what: string) => void {
  if (json || !io.stderr.isTTY) return () => undefined
  const start = io.now()
  let timer: ReturnType<typeof setTimeout> | undefined
  let shown = false
  const show = (what: string) => {
    shown = what !== ''
    io.stderr.write(`\r\u001b[2K${shown ? `${what} …` : ''}`)
  }
  return what => {
    clearTimeout(timer)
    const left = PATIENCE_MS - (io.now() - start)
    if (what === '' ? shown : left <= 0) show(what)
    else if (what !== '') timer = setTimeout(show, left, what).unref()
  }
}
