import type { Source } from '../bundle/source.ts'
import type { Core } from './core.ts'
import type { Push, PushEvents } from './follow.ts'
import type { Settings } from './options.ts'
import { ignore, quietly } from './quietly.ts'
import type { FetchLike } from './sources/request.ts'
import { openStream } from './sources/stream.ts'

export interface PushOptions {
  readonly settings: Settings
  readonly source: Source
  readonly core: Core
  readonly streamFetch: FetchLike | undefined
}

/** How heads are pushed: by the server's event stream, by `watch` of the given source, or not at all. */
export function pushOf(options: PushOptions): ((events: PushEvents) => Push) | undefined {
  const { settings, source, core, streamFetch } = options
  const { url, project, environment, clock, random } = settings
  if (url !== undefined) {
    const stream = new URL(`v1/${project}/${environment}/stream`, url)
    const fetch = streamFetch ?? settings.fetch
    const line = { fetch, token: settings.token, clock, timeoutMs: settings.requestTimeout }
    return ({ onHead, onAlive, onDown }) =>
      openStream({
        url: stream,
        line,
        random,
        lastEventId() {
          const head = core.status() === 'current' ? core.state()?.head : undefined
          return head && `${head.epoch}.${head.sequence}`
        },
        onHead,
        onAlive,
        onDown: ({ code, message, at }) => onDown({ code, what: message, at }),
      })
  }
  if (source.watch === undefined) return undefined
  return ({ onHead, onDown }) => {
    let off: unknown
    const failed = () => onDown({ code: 'source_failed', what: 'watching the source failed', at: undefined })
    quietly(() => {
      off = source.watch!(environment, head => {
        if (head instanceof Uint8Array) onHead(head)
      })
      return off
    }, failed)()
    const close = quietly(() => (typeof off === 'function' ? off() : undefined), ignore)
    // A source of one's own cannot be dropped like a line; its heads are looked at no faster than any.
    return { reject: () => {}, close }
  }
}
