/** At most one run at a time, and at most one more that waits for it. */
export interface Flight<T> {
  /** A run that begins after this call: the waiting one, a new one at once, or one after the present one. */
  next(): Promise<T>
  /** When the present run, if there is one, has ended. */
  idle(): Promise<void>
}

export function createFlight<T>(run: () => Promise<T>): Flight<T> {
  let running: Promise<T> | undefined
  let waiting: Promise<T> | undefined

  const start = (): Promise<T> => {
    const flight = run().finally(() => {
      if (running === flight) running = undefined
    })
    running = flight
    return flight
  }

  return {
    next() {
      if (running === undefined) return start()
      waiting ??= running
        .catch(() => undefined)
        .then(() => {
          waiting = undefined
          return start()
        })
      return waiting
    },
    async idle() {
      await running?.catch(() => undefined)
    },
  }
}
