import type { Files } from './files.ts'
import type { Item } from './forms.ts'
import { createHub, type Hub, type Sink } from './hub.ts'
import { headRoute } from './layout.ts'
import type { Shelf } from './shelf.ts'

export interface HubsOptions {
  readonly store: Files
  readonly shelf: Shelf
  readonly pollMs: number
  readonly heartbeatMs: number
  readonly onDrop?: () => void
  readonly onError?: (what: string, error: unknown) => void
  readonly onEvent?: (project: string, environment: string, listeners: number) => void
}

export interface Hubs {
  /** undefined: there is no such environment, or it has no head yet. */
  open(
    project: string,
    environment: string,
    lastEventId: string | undefined,
  ): Promise<((sink: Sink) => () => void) | undefined>
  size(): number
  /**
   * Resolves once every listener has the newest head of the store, or is dropped. `head` is what was written there
   * just now, where it is known.
   */
  poke(project: string, environment: string, head?: Uint8Array): Promise<void>
  close(spreadMs: number): void
}

/** Streams by environment. Those that have no head are forgotten at once, so made-up names leave nothing behind. */
export function createHubs(options: HubsOptions): Hubs {
  const hubs = new Map<string, Hub>()
  let closed = false
  const forget = (key: string, hub: Hub) => {
    if (hub.size() === 0 && hubs.get(key) === hub) hubs.delete(key)
  }
  const make = (project: string, environment: string): Hub => {
    const route = headRoute(project, environment)
    return createHub({
      read: async (): Promise<Item | undefined> => options.shelf.take(route),
      watch(onChange) {
        const onFile = () => {
          options.shelf.expire(route)
          onChange()
        }
        try {
          return options.store.watch?.(route.path, onFile) ?? (() => {})
        } catch (error) {
          // A system gives so many watches and no more. The file is looked at all the same, only not at once.
          options.onError?.(`watching the head of ${project}/${environment}`, error)
          return () => {}
        }
      },
      pollMs: options.pollMs,
      heartbeatMs: options.heartbeatMs,
      ...(options.onDrop && { onDrop: options.onDrop }),
      onEvent: listeners => options.onEvent?.(project, environment, listeners),
    })
  }
  return {
    async open(project, environment, lastEventId) {
      if (closed) return undefined
      const key = `${project}/${environment}`
      let hub = hubs.get(key)
      if (hub === undefined) {
        hub = make(project, environment)
        hubs.set(key, hub)
      }
      try {
        const join = await hub.open(lastEventId)
        if (join === undefined) forget(key, hub)
        return join
      } catch (error) {
        forget(key, hub)
        throw error
      }
    },
    size() {
      let sum = 0
      for (const hub of hubs.values()) sum += hub.size()
      return sum
    },
    async poke(project, environment, head) {
      const route = headRoute(project, environment)
      if (head === undefined) options.shelf.expire(route)
      const item = head && (await options.shelf.give(route, head))
      await hubs.get(`${project}/${environment}`)?.poke(item)
    },
    close(spreadMs) {
      closed = true
      for (const hub of [...hubs.values()]) hub.close(spreadMs)
    },
  }
}
