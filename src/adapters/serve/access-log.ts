import type { Reply } from './ask.ts'

/** One answered request. Never a query, a header, a token, an address or a name that the layout does not know. */
export interface AccessLine {
  readonly time: string
  readonly method: string
  readonly route: string
  readonly status: number
  readonly bytes: number
  readonly ms: number
  readonly project?: string
  readonly environment?: string
  /** The name of the token, not the token. */
  readonly token?: string
  readonly code?: string
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'OPTIONS'])

export function accessLine(reply: Reply, method: string, startedAt: number, endedAt: number): AccessLine {
  const { kind, project, environment, token, code } = reply.about
  const bytes = 'body' in reply ? (reply.body?.length ?? 0) : 0
  return {
    time: new Date(endedAt).toISOString(),
    method: METHODS.has(method) ? method : 'other',
    route: kind,
    status: reply.status,
    bytes,
    ms: Math.max(0, endedAt - startedAt),
    ...(project !== undefined && { project }),
    ...(environment !== undefined && { environment }),
    ...(token != null && { token }),
    ...(code !== undefined && { code }),
  }
}
