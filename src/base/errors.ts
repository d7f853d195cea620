/** One row for each stable code: what went wrong, and what the reader can do about it. */
export type CodeTable = Readonly<Record<string, { readonly cause: string; readonly cure: string }>>

export interface ErrorDetails {
  /** Where: a JSON pointer, `file:line:column`, or a store path. Never a context value, a key or a secret. */
  readonly at?: string | undefined
  readonly cure?: string | undefined
  readonly cause?: unknown
}

/** What a code says by itself. Its sentence stands in the table of its area. */
export function wordsOf(code: string): string {
  return code.replaceAll('_', ' ')
}

/** The one error class. `code` is stable and documented; the message is for people and may change. */
export class EnsignError<Code extends string = string> extends Error {
  readonly code: Code
  readonly at: string | undefined
  readonly cure: string | undefined

  constructor(code: Code, what = wordsOf(code), details: ErrorDetails = {}) {
    super(what, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'EnsignError'
    this.code = code
    this.at = details.at
    this.cure = details.cure
  }
}
