import { quietly } from './quietly.ts'

/** Ends a subscription; also with `using`. */
export type Off = (() => void) & Disposable

export interface Emitter<Events> {
  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => unknown): Off
  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void
}

/** What a listener throws, now or as a promise, goes to `onFault` and to nobody else. */
export function createEmitter<Events>(onFault: (error: unknown) => void): Emitter<Events> {
  type Listener = (event: never) => unknown
  const listeners = new Map<keyof Events, Set<{ readonly call: Listener }>>()

  return {
    on(name, listener) {
      // Wrapped, so that the same function given twice is told twice and taken off once.
      const entry = { call: quietly(listener as Listener, onFault) }
      const named = listeners.get(name) ?? new Set()
      listeners.set(name, named.add(entry))
      const off = () => void named.delete(entry)
      return Object.assign(off, { [Symbol.dispose]: off })
    },
    emit(name, event) {
      const named = listeners.get(name)
      if (named === undefined) return
      // A copy: a listener may take others off, or add some.
      for (const entry of [...named]) if (named.has(entry)) entry.call(event as never)
    },
  }
}
