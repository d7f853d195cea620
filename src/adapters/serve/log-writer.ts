import type { Writable } from 'node:stream'
import type { AccessLine } from './access-log.ts'

/** Lines of JSON, written in batches so that a log line is no system call. What a slow reader does not take is counted and left out. */
export function jsonLines(out: Writable): { write(line: AccessLine | object): void; flush(): void } {
  const waiting: string[] = []
  let lost = 0
  const flush = () => {
    if (waiting.length === 0) return
    const text = waiting.splice(0).join('')
    if (out.writableLength > MAX_WAITING) {
      lost += text.length
      return
    }
    out.write(lost === 0 ? text : `${JSON.stringify({ lostBytes: lost })}\n${text}`)
    lost = 0
  }
  return {
    write(line) {
      waiting.push(`${JSON.stringify(line)}\n`)
      if (waiting.length === 1) setTimeout(flush, 100).unref()
      else if (waiting.length >= 1_000) flush()
    },
    flush,
  }
}

const MAX_WAITING = 4 * 1024 * 1024
