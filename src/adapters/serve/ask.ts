import type { Headers } from './forms.ts'
import type { Sink } from './hub.ts'

/** A request, whatever carries it. `header` takes lower-case names. */
export interface Ask {
  readonly method: string
  /** The path alone: no origin, no query. */
  readonly path: string
  readonly header: (name: string) => string | undefined
  /** Where it comes from, as the embedder knows it. */
  readonly address: string | undefined
  /** The body under a cap and a deadline; throws `too_large`, `body_timeout`. */
  readonly body: (maxBytes: number) => Promise<Uint8Array>
}

/** What the answer was about, for log and metrics. */
export interface About {
  readonly kind: string
  readonly project?: string
  readonly environment?: string
  readonly token?: string | null
  readonly code?: string
}

export interface FullReply {
  readonly status: number
  readonly headers: Headers
  readonly body: Uint8Array | undefined
  readonly about: About
}

export interface StreamReply {
  readonly status: 200
  readonly headers: Headers
  /** Starts the stream into a sink; what it returns takes the sink out again. */
  readonly join: (sink: Sink) => () => void
  readonly about: About
}

export type Reply = FullReply | StreamReply

export function isStream(reply: Reply): reply is StreamReply {
  return 'join' in reply
}
