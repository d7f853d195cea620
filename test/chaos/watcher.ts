import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { folderCache } from '../../src/client/node/foldercache.ts'
import { createClient } from '../../src/client/node/runtime.ts'
import { SWITCHES } from './people.ts'
import type { Plant } from './planted.ts'
import { wordsOf } from './truth.ts'

/** A client that is asked all the time, and everything that it ever answered. */
export interface Watcher {
  readonly name: string
  /** By the size of the log that the client said to stand on. */
  readonly seen: ReadonlyMap<number, string>
  readonly faults: readonly string[]
  look(): void
  position(): { readonly size: number; readonly sequence: number }
  /** A new process would do the same: with its cache it goes on from where it was. */
  restart(): Promise<void>
  close(): Promise<void>
}

/** What a client says at one moment. */
export interface Shown {
  readonly size: number
  readonly sequence: number
  readonly release: number
  readonly counter: number
  readonly stopped: readonly string[]
}

export interface WatcherOptions {
  readonly name: string
  readonly port: number
  readonly root: Uint8Array
  /** With a cache it may never go back, not even across restarts; without one it starts from nothing. */
  readonly cache: string | undefined
  /** Shows something else than the client does, to see whether it is noticed. */
  readonly plant?: Plant | undefined
}

export function watch({ name, port, root, cache, plant = shown => shown }: WatcherOptions): Watcher {
  const seen = new Map<number, string>()
  const faults: string[] = []
  let size = 0
  let sequence = 0
  let had = false
  const fault = (what: string) => {
    if (faults.length < 20) faults.push(`${name}: ${what}`)
  }
  if (cache !== undefined) mkdirSync(cache, { recursive: true })
  const open = () =>
    createClient({
      url: `http://127.0.0.1:${port}/`,
      project: 'shop',
      environment: 'production',
      root,
      mode: 'stream',
      pollInterval: 2_000,
      requestTimeout: 3_000,
      ...(cache !== undefined && { cache: folderCache(join(cache, name)) }),
    })
  let client = open()

  const shownBy = (): Shown | undefined => {
    const view = client.for({ userId: 'u-1' })
    const counter = view.value('counter', -1)
    const { inForce } = client.provenance()
    if (inForce === null) {
      if (counter !== -1) fault('answers from nowhere')
      return undefined
    }
    const stopped = SWITCHES.filter(key => !view.isEnabled(key))
    const { log, head, release } = inForce
    return { size: log.size, sequence: head.sequence, release: release.version, counter, stopped }
  }

  const look = () => {
    const shown = plant(shownBy())
    if (shown === undefined) {
      if (had) fault('has lost the state that it had')
      return
    }
    had = true
    const words = wordsOf(shown.release, shown.counter, shown.stopped)
    const before = seen.get(shown.size)
    if (before !== undefined && before !== words) fault(`at ${shown.size}: first ${before}, then ${words}`)
    seen.set(shown.size, words)
    if (shown.size < size || shown.sequence < sequence)
      fault(`went back from ${size}/${sequence} to ${shown.size}/${shown.sequence}`)
    size = shown.size
    sequence = shown.sequence
  }

  const begin = () => {
    client.on('change', look)
    void client.ready({ timeout: 1_000 }).then(look)
  }
  begin()
  return {
    name,
    seen,
    faults,
    look,
    position: () => ({ size, sequence }),
    async restart() {
      await client.close()
      had = false
      if (cache === undefined) {
        size = 0
        sequence = 0
      }
      client = open()
      begin()
    },
    close: () => client.close(),
  }
}
