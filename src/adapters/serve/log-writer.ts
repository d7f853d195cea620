export interface LineOutput {
  write(text: string): void
  /** Bytes that wait for a reader that is behind. */
  waiting(): number
}

export interface LineWriter {
  write(line: object): void
  flush(): void
}

const BATCH_MS = 100
const BATCH_LINES = 1_000
const MAX_WAITING = 4 * 1024 * 1024

/** Lines of JSON in batches, so that a log line is no system call. What a reader does not take is left out and counted. */
export function jsonLines(out: LineOutput): LineWriter {
  const batch: string[] = []
  let lost = 0
  const flush = () => {
    if (batch.length === 0) return
    const lines = batch.splice(0)
    if (out.waiting() > MAX_WAITING) {
      lost += lines.length
      return
    }
    if (lost > 0) lines.unshift(`${JSON.stringify({ lost })}\n`)
    lost = 0
    out.write(lines.join(''))
  }
  return {
    write(line) {
      batch.push(`${JSON.stringify(line)}\n`)
      if (batch.length === 1) setTimeout(flush, BATCH_MS).unref()
      else if (batch.length >= BATCH_LINES) flush()
    },
    flush,
  }
}
