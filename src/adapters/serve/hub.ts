import { concat, utf8 } from '../../base/bytes.ts'
import type { Item } from './forms.ts'
import { headIdOf } from './headid.ts'

/** One listener of a stream. */
export interface Sink {
  /** false: it does not keep up. The hub then drops it and holds nothing for it. */
  write(frame: Uint8Array): boolean
  end(): void
}

export interface HubOptions {
  readonly read: () => Promise<Item | undefined>
  readonly watch: (onChange: () => void) => () => void
  readonly pollMs: number
  readonly heartbeatMs: number
  readonly onDrop?: () => void
  readonly onEvent?: (listeners: number) => void
}

interface Listener {
  readonly sink: Sink
  readonly slice: number
  /** Digest of the head that it has. */
  sent: string | undefined
}

interface Frame {
  readonly digest: string
  readonly id: string
  readonly bytes: Uint8Array
}

/** Listeners written to in one turn; then other requests get their turn. */
const TURN = 500
/** Heartbeats are spread over the interval, so that 10,000 of them are no burst. */
const SLICES = 15
/** Isolates have no setImmediate. */
const nextTurn = globalThis.setImmediate ?? ((turn: () => void) => setTimeout(turn, 0))
const HEARTBEAT = utf8(':\n\n')
const LINE_BREAK = /[\r\n]/
const MAX_EVENT_ID = /^[0-9]{1,16}\.[0-9]{1,16}$/

/**
 * The event stream of one environment. An event is `id: {epoch}.{sequence}`, `event: head`, and the bytes of head.json
 * as one line of data. It is written out once for all listeners, and a listener that comes late gets the newest head
 * alone: a head is a state and no step, so nothing needs to be replayed and Last-Event-ID can only save a repetition.
 */
export interface Hub {
  /** undefined: there is no head to stream. */
  open(lastEventId: string | undefined): Promise<((sink: Sink) => () => void) | undefined>
  size(): number
  /** Looks at the store now, or takes what is there from who wrote it. Resolves once every listener has been written to. */
  poke(item?: Item): Promise<void>
  /** Ends all streams, spread over so many milliseconds so that they do not all come back at once. */
  close(spreadMs: number): void
}

export function createHub(options: HubOptions): Hub {
  const listeners = new Set<Listener>()
  let frame: Frame | undefined
  let looking: Promise<void> | undefined
  let again = false
  let sending = false
  let sent = () => {}
  let out: Promise<void> = Promise.resolve()
  let count = 0
  let beat = 0
  let closed = false
  let unwatch: (() => void) | undefined
  let timers: NodeJS.Timeout[] = []

  const show = (item: Item) => {
    if (item.digest === frame?.digest) return
    const next = frameOf(item)
    if (next === undefined) return
    frame = next
    const told = listeners.size
    if (!sending) send()
    options.onEvent?.(told)
  }

  const look = (): Promise<void> => {
    if (looking !== undefined) {
      again = true
      return looking
    }
    looking = (async () => {
      do {
        again = false
        const item = await options.read()
        if (item !== undefined) show(item)
      } while (again)
    })().finally(() => {
      looking = undefined
    })
    return looking
  }
  const lookQuietly = () => {
    look().catch(() => {})
  }

  const remove = (listener: Listener) => {
    if (listeners.delete(listener) && listeners.size === 0) sleep()
  }
  const give = (listener: Listener, bytes: Uint8Array) => {
    if (listener.sink.write(bytes)) return
    remove(listener)
    options.onDrop?.()
    listener.sink.end()
  }

  const send = () => {
    if (!sending) {
      sending = true
      out = new Promise(resolve => {
        sent = resolve
      })
    }
    const waiting = [...listeners].values()
    const turn = () => {
      for (let n = 0; n < TURN; n++) {
        const { value: listener, done } = waiting.next()
        if (done === true || closed) {
          // A newer head may have come while this one went out.
          if ([...listeners].some(one => one.sent !== frame!.digest) && !closed) return send()
          sending = false
          return sent()
        }
        if (!listeners.has(listener) || listener.sent === frame!.digest) continue
        listener.sent = frame!.digest
        give(listener, frame!.bytes)
      }
      nextTurn(turn)
    }
    turn()
  }

  const wake = () => {
    unwatch = options.watch(() => lookQuietly())
    timers = [
      setInterval(lookQuietly, options.pollMs),
      setInterval(() => {
        const slice = beat++ % SLICES
        for (const listener of listeners) if (listener.slice === slice) give(listener, HEARTBEAT)
      }, options.heartbeatMs / SLICES),
    ]
    for (const timer of timers) timer.unref?.()
  }
  const sleep = () => {
    unwatch?.()
    for (const timer of timers) clearInterval(timer)
    unwatch = undefined
    timers = []
  }

  return {
    async open(lastEventId) {
      await look()
      if (frame === undefined || closed) return undefined
      return sink => {
        const listener: Listener = { sink, slice: count++ % SLICES, sent: undefined }
        if (closed) {
          sink.end()
          return () => {}
        }
        if (listeners.size === 0) wake()
        listeners.add(listener)
        listener.sent = frame!.digest
        const known = lastEventId !== undefined && MAX_EVENT_ID.test(lastEventId) && lastEventId === frame!.id
        give(listener, known ? HEARTBEAT : frame!.bytes)
        return () => remove(listener)
      }
    },
    size: () => listeners.size,
    async poke(item) {
      if (item === undefined) await look().catch(() => {})
      else show(item)
      await out
    },
    close(spreadMs) {
      closed = true
      const all = [...listeners]
      all.forEach((listener, index) => {
        const end = () => {
          remove(listener)
          listener.sink.end()
        }
        if (spreadMs === 0) end()
        else setTimeout(end, (spreadMs * index) / all.length)
      })
      if (all.length === 0) sleep()
    },
  }
}

function frameOf(item: Item): Frame | undefined {
  const id = headIdOf(item.bytes)
  if (id === undefined) return undefined
  const text = new TextDecoder().decode(item.bytes).trim()
  // Publishers write one line. Line breaks would end the event early, and only white space can hold any.
  const line = LINE_BREAK.test(text) ? JSON.stringify(JSON.parse(text)) : text
  const name = `${id.epoch}.${id.sequence}`
  return { digest: item.digest, id: name, bytes: concat(utf8(`id: ${name}\nevent: head\ndata: ${line}\n\n`)) }
}
