import type { Clock } from './clock.ts'

const SLICE_MS = 4

/** Gives the thread away where the present piece of work has held it for some milliseconds. */
export function createPause(clock: Clock): () => Promise<void> {
  let since = clock.elapsed()
  return async () => {
    if (clock.elapsed() - since < SLICE_MS) return
    await nextTurn()
    since = clock.elapsed()
  }
}

/** Browsers and isolates have no setImmediate. */
function nextTurn(): Promise<void> {
  return new Promise(resolve => {
    if (typeof setImmediate === 'function') setImmediate(resolve)
    else setTimeout(resolve, 0)
  })
}
