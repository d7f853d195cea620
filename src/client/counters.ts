import { MAX_KEY_LENGTH } from '../base/limits.ts'
import type { Clock } from './clock.ts'
import { quietly } from './quietly.ts'

export interface CounterOptions {
  /** Gets what was counted since the last time. What becomes of it is the application's business. */
  readonly report: (counts: Counts) => void
  /** Milliseconds between reports; default 60,000. */
  readonly every?: number | undefined
  /** Rows kept between two reports; default 10,000. Evaluations beyond are counted in `dropped`. */
  readonly limit?: number | undefined
}

export interface Counts {
  readonly rows: readonly CountRow[]
  readonly dropped: number
}

export interface CountRow {
  readonly flag: string
  /** Undefined where the caller's fallback was served. */
  readonly variant: string | undefined
  /** Version of the release; null: there was none. */
  readonly release: number | null
  readonly count: number
}

export interface Counters {
  count(flag: string, variant: string | undefined): void
  /** From now on counts belong to this release. */
  setRelease(version: number): void
  start(): void
  /** Reports what is left. */
  close(): void
}

interface Tally {
  count: number
}

export function createCounters(options: CounterOptions, clock: Clock, onFault: (error: unknown) => void): Counters {
  const { every = 60_000, limit = 10_000 } = options
  const report = quietly((counts: Counts) => options.report(counts), onFault)
  let release: number | null = null
  let tallies = new Map<string, Map<string | undefined, Tally>>()
  let finished: CountRow[] = []
  let open = 0
  let dropped = 0
  let cancel: (() => void) | undefined

  const rowsOf = (): CountRow[] =>
    [...tallies].flatMap(([flag, variants]) =>
      [...variants].map(([variant, { count }]) => ({ flag, variant, release, count })),
    )
  const flush = (): void => {
    const counts = Object.freeze({ rows: Object.freeze([...finished, ...rowsOf()]), dropped })
    tallies = new Map()
    finished = []
    open = 0
    dropped = 0
    if (counts.rows.length === 0 && counts.dropped === 0) return
    report(counts)
  }
  const tick = (): void => {
    cancel = clock.after(every, () => {
      flush()
      tick()
    })
  }

  return {
    count(flag, variant) {
      let variants = tallies.get(flag)
      const known = variants?.get(variant)
      if (known !== undefined) {
        known.count += 1
        return
      }
      // Flag keys come from the caller, who may make them up: memory stays fixed.
      if (open >= limit || flag.length > MAX_KEY_LENGTH) {
        dropped += 1
        return
      }
      open += 1
      if (variants === undefined) {
        variants = new Map()
        tallies.set(flag, variants)
      }
      variants.set(variant, { count: 1 })
    },
    setRelease(version) {
      if (version === release) return
      finished = finished.concat(rowsOf())
      tallies = new Map()
      release = version
    },
    start() {
      if (cancel === undefined) tick()
    },
    close() {
      cancel?.()
      flush()
    },
  }
}
