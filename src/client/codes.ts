import type { CodeTable } from '../base/errors.ts'

/** Codes of the client: its options, its sources, and its own state. */
export const CLIENT_CODES = {
  options: {
    cause: 'An option of `createClient` or `openBundle` is missing or wrong.',
    cure: 'The message names the option and what it takes.',
  },
  timeout: {
    cause: 'The answer did not come in time, or came slower than 16 KiB a second.',
    cure: 'Nothing, if it passes: the client asks again. Else look at the network, or give `requestTimeout`.',
  },
  unreachable: {
    cause: 'The source could not be reached: no address, no connection, or the connection broke.',
    cure: 'Nothing, if it passes: the client asks again and serves what it has. Else check `url` and the network.',
  },
  redirect: {
    cause: 'The server redirects to another origin, or too often.',
    cure: 'Give the final address as `url`. Redirects to another origin are never followed.',
  },
  unauthorized: {
    cause: 'The server refuses the credentials (401 or 403).',
    cure: 'Check `token`; it must be valid for this project and environment.',
  },
  server_busy: {
    cause: 'The server answers 429, or asked to wait longer.',
    cure: 'Raise `pollInterval`, or put a relay in between.',
  },
  server_error: { cause: 'The server answers 5xx.', cure: 'Nothing, if it passes. Else look at the server.' },
  http_status: { cause: 'The server gives an answer that a store never gives.', cure: 'Check `url`.' },
  content_type: {
    cause: 'The answer is a web page: a captive portal, a proxy, or a wrong address.',
    cure: 'Check `url` and what stands between.',
  },
  source_failed: { cause: 'The given source or cache threw.', cure: 'See the cause of the error in the log.' },
  cache_failed: {
    cause: 'The cache cannot be written. The client works on without it.',
    cure: 'Check that the folder exists, may be written, and has room.',
  },
  no_contact: {
    cause: 'The source has confirmed nothing for longer than `staleAfter`.',
    cure: 'Look at the network and the server; what was verified last stays in force.',
  },
  aborted: { cause: 'The signal that was given ended the wait.', cure: 'Nothing: the caller asked for it.' },
  closed: { cause: 'The client was closed.', cure: 'Make a new one.' },
  stream_silent: {
    cause: 'The event stream carried nothing, not even a heartbeat: a proxy holds it back, or the line is dead.',
    cure: 'The client polls meanwhile. Tell the proxy not to buffer `text/event-stream`, or use `mode: "poll"`.',
  },
  stream_ended: {
    cause: 'The event stream ended or is not offered.',
    cure: 'The client polls and tries again. Where the server has none, use `mode: "poll"`.',
  },
} as const satisfies CodeTable
