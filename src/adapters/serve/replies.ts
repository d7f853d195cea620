import { utf8 } from '../../base/bytes.ts'
import type { About, FullReply } from './ask.ts'
import { SERVE_CODES, type ServeCode } from './codes.ts'
import type { Headers } from './forms.ts'

const COMMON = ['X-Content-Type-Options', 'nosniff', 'Cache-Control', 'no-store']

export function textReply(
  status: number,
  text: string,
  about: About,
  headers: Headers = [],
  type = 'text/plain; charset=utf-8',
): FullReply {
  const body = utf8(text)
  const all = [...COMMON, 'Content-Type', type, 'Content-Length', String(body.length), ...headers]
  return { status, headers: all, body, about }
}

export interface Problem {
  readonly code: string
  readonly message: string
  readonly cure?: string | undefined
}

/** `{"error":{"code","message","cure"?}}`. Says nothing that the caller sent, so nothing can be smuggled through it. */
export function problemReply(status: number, problem: Problem, about: About, headers: Headers = []): FullReply {
  const { code, message, cure } = problem
  const body = utf8(`${JSON.stringify({ error: cure === undefined ? { code, message } : { code, message, cure } })}\n`)
  return {
    status,
    headers: [...COMMON, 'Content-Type', 'application/json', 'Content-Length', String(body.length), ...headers],
    body,
    about: { ...about, code },
  }
}

export function emptyReply(status: number, about: About, headers: Headers = []): FullReply {
  return { status, headers: [...COMMON, ...headers], body: undefined, about }
}

export function refuse(status: number, code: ServeCode, about: About, headers: Headers = []): FullReply {
  const { cause, cure } = SERVE_CODES[code]
  return problemReply(status, { code, message: cause, cure }, about, headers)
}
