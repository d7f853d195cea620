import { utf8 } from '../../base/bytes.ts'
import { EnsignError } from '../../base/errors.ts'
import { gather } from '../../base/gather.ts'
import { isObject, parseJson } from '../../base/json.ts'
import { MAX_HEAD_FILE } from '../../base/limits.ts'
import type { Desk } from '../../publisher/publish/desk.ts'
import type { Receipt, ReleaseSubmission } from '../../publisher/publish/types.ts'
import { writeSubmission } from './submission.ts'

export interface SubmitOptions {
  /** The server's origin, e.g. `https://flags.example.com`. */
  readonly url: string
  readonly project: string
  readonly environment: string
  /** A bearer token, where the server asks for one. */
  readonly token?: string
  readonly fetch?: typeof fetch
  readonly signal?: AbortSignal
}

const MAX_ANSWER = 4 * MAX_HEAD_FILE
const TIMEOUT_MS = 60_000

/** A publishing server somewhere else, with the same three functions as one in this process. Refusals keep their code. */
export function remoteDesk(options: SubmitOptions): Desk {
  const post = async (kind: string, type: string, body: Uint8Array): Promise<Receipt> => {
    const url = new URL(`/v1/${options.project}/${options.environment}/${kind}`, options.url)
    const timeout = AbortSignal.timeout(TIMEOUT_MS)
    let response: Response
    let bytes: Uint8Array
    try {
      response = await (options.fetch ?? fetch)(url, {
        method: 'POST',
        // A statement goes to whom it was meant for, and nowhere else.
        redirect: 'error',
        headers: {
          'content-type': type,
          ...(options.token !== undefined && { authorization: `Bearer ${options.token}` }),
        },
        body: new Uint8Array(body),
        signal: options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]),
      })
      // Whoever answers in the server's place shall not fill the memory of who is on call.
      bytes = await gather((response.body ?? []) as AsyncIterable<Uint8Array>, MAX_ANSWER)
    } catch (cause) {
      throw new EnsignError('unavailable', `the server at ${url.host} does not answer`, { cause })
    }
    const answer = answerOf(bytes)
    if (response.ok && isObject(answer) && typeof answer.head === 'string') {
      return { ...(answer as unknown as Receipt), head: utf8(answer.head) }
    }
    const problem = isObject(answer) && isObject(answer.error) ? answer.error : {}
    const { code, message, cure } = problem
    throw new EnsignError(
      typeof code === 'string' ? code : 'unavailable',
      typeof message === 'string' ? message : `the server answered ${response.status}`,
      typeof cure === 'string' ? { cure } : {},
    )
  }
  return {
    stop: statement => post('stops', 'application/jose+json', statement),
    event: statement => post('events', 'application/jose+json', statement),
    release: (submission: ReleaseSubmission) => post('releases', 'application/x-ndjson', writeSubmission(submission)),
  }
}

function answerOf(bytes: Uint8Array): unknown {
  try {
    return parseJson(bytes, MAX_ANSWER)
  } catch {
    return undefined
  }
}
