import type { Source } from '../../../bundle/source.ts'
import { type Clock, systemClock } from '../../../client/clock.ts'
import { streamFetch } from '../../../client/node/streamfetch.ts'
import { httpSource } from '../../../client/sources/http.ts'
import type { FetchLike, Token } from '../../../client/sources/request.ts'
import { openStream } from '../../../client/sources/stream.ts'

export interface UpstreamOptions {
  readonly url: URL
  readonly project: string
  readonly token?: Token
  readonly clock?: Clock
  readonly random?: () => number
  readonly timeoutMs?: number
}

export interface Upstream extends Source {
  /** What it gave did not verify: the head is asked for whole next time. */
  forgetHead(): void
}

/** Another server over HTTP, with the event stream where it has one. */
export function httpUpstream(options: UpstreamOptions): Upstream {
  const { url, project, token } = options
  const clock = options.clock ?? systemClock
  const timeoutMs = options.timeoutMs ?? 10_000
  const line = { fetch: fetch as FetchLike, token, clock, timeoutMs }
  const http = httpSource(url, project, line)
  return {
    get: http.get,
    forgetHead: http.forgetHead,
    watch(environment, onHead) {
      const stream = openStream({
        url: new URL(`v1/${project}/${environment}/stream`, url),
        line: { ...line, fetch: streamFetch },
        random: options.random ?? Math.random,
        // Asked again after a break, the head is worth having even if it is the same: it says that the line is good.
        lastEventId: () => undefined,
        onHead,
        onAlive: () => {},
        onDown: () => {},
      })
      return stream.close
    },
  }
}
