import type { CodeTable } from '../../base/errors.ts'

/** Codes that the server answers with; what a statement is refused for keeps the code of the check that refused it. */
export const SERVE_CODES = {
  not_found: {
    cause: 'The path names no file of the store.',
    cure: 'Check project, environment and path; the layout is in the specification of the store.',
  },
  method_not_allowed: { cause: 'The path does not take this method.', cure: 'See the Allow header of the answer.' },
  token_missing: {
    cause: 'The server asks for a bearer token, and the request has none that it knows.',
    cure: 'Send `Authorization: Bearer …` with a token that the server lists.',
  },
  token_scope: {
    cause: 'The token is for another project or environment.',
    cure: 'Use the token of this environment, or widen its scope in the token file.',
  },
  address_refused: { cause: 'The address is not on the allow list.', cure: 'Add the network with `--allow`.' },
  range: { cause: 'The range lies outside of the file.', cure: 'Ask for bytes that the file has.' },
  rate_limited: { cause: 'Too many statements were sent.', cure: 'Wait as long as Retry-After says.' },
  body_encoding: { cause: 'The body of a POST is compressed.', cure: 'Send it as it is.' },
  body_timeout: { cause: 'The body of a POST came too slowly.', cure: 'Send it again over a better line.' },
  body: { cause: 'The body of a POST is not of the form that its path takes.', cure: 'See the guide of the server.' },
  too_many_headers: {
    cause: 'The request has more than 100 headers.',
    cure: 'Leave some out, or look at what the proxies add.',
  },
  not_publisher: { cause: 'This server only reads.', cure: 'Send the statement to the server that publishes.' },
  unavailable: { cause: 'The store cannot be read at the moment.', cure: 'Try again; the server logs the cause.' },
  too_many_streams: { cause: 'The server holds as many streams as it may.', cure: 'Poll, or add a relay.' },
  too_many_from_one: {
    cause: 'The address, or the /64 of an IPv6 one, holds as many streams as one may.',
    cure: 'Poll, put a relay in between, or raise `--max-streams-from-one`. Behind a proxy give `--trusted-proxies`, or all of its clients are one.',
  },
  listen: {
    cause: 'The server cannot listen on its address: it is taken, not allowed, or none of this machine.',
    cure: 'Choose another with `--port` or `--host`, or end what listens there.',
  },
  serve_options: { cause: 'An option of the server is wrong.', cure: 'The message names it.' },
} as const satisfies CodeTable

export type ServeCode = keyof typeof SERVE_CODES
