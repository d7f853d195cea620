import { concat, fromUtf8, hex, utf8 } from '../../base/bytes.ts'
import { EnsignError } from '../../base/errors.ts'
import { isObject, parseJson } from '../../base/json.ts'
import { MAX_ENVELOPE, MAX_INDEX, MAX_MANIFEST, MAX_PART, MAX_PARTS_COUNT, MAX_SUBMISSION } from '../../base/limits.ts'
import { sha256 } from '../../base/sha256.ts'
import { parseTime } from '../../base/time.ts'
import type { ReleaseSubmission } from '../../publisher/publish/types.ts'

const MAX_FIRST_LINE = 2 * (MAX_ENVELOPE + MAX_MANIFEST)
const LF = 10

/**
 * The body of a POST to `releases`, lines that end in LF:
 *
 *   {"release":"<the statement's bytes>","manifest":"<its bytes>","at":"YYYY-MM-DDTHH:MM:SSZ"?}
 *   {"parts":[["<digest>",<size>],…]}
 *   <a part, byte for byte>            those that the store lacks, in any order
 */
export function writeSubmission(submission: ReleaseSubmission): Uint8Array {
  const first = {
    release: fromUtf8(submission.release),
    manifest: fromUtf8(submission.manifest),
    ...(submission.at !== undefined && { at: submission.at }),
  }
  const end = new Uint8Array([LF])
  const lines = [utf8(JSON.stringify(first)), submission.index, ...submission.parts.values()]
  const body = concat(...lines.flatMap(line => [line, end]))
  if (body.length > MAX_SUBMISSION) {
    throw new EnsignError('too_large', `the release takes more than ${MAX_SUBMISSION} bytes to hand in`, {
      cure: 'Publish it in several releases, fewer flags at a time, or where the store is.',
    })
  }
  return body
}

/** Takes the body apart; nothing of it is believed yet, a part least of all: it gets the name of what its bytes are. */
export function readSubmission(body: Uint8Array): ReleaseSubmission {
  const lines = linesOf(body)
  const [first, index, ...parts] = lines
  if (first === undefined || index === undefined) throw malformed('a first line and the index are needed')
  const head = parseJson(first, MAX_FIRST_LINE)
  if (!isObject(head) || typeof head.release !== 'string' || typeof head.manifest !== 'string') {
    throw malformed('the first line has no release and manifest')
  }
  if (head.at !== undefined && parseTime(head.at) === undefined) throw malformed('"at" is no time')
  if (index.length > MAX_INDEX) throw malformed('the index is too large')
  if (parts.some(part => part.length > MAX_PART)) throw malformed('a part is too large')
  return {
    release: utf8(head.release),
    manifest: utf8(head.manifest),
    index,
    parts: new Map(parts.map(part => [hex(sha256(part)), part])),
    ...(typeof head.at === 'string' && { at: head.at }),
  }
}

function linesOf(body: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = []
  let from = 0
  while (from < body.length) {
    const to = body.indexOf(LF, from)
    if (to === -1) throw malformed('the last line does not end')
    if (lines.length > MAX_PARTS_COUNT + 2) throw malformed('too many lines')
    lines.push(body.subarray(from, to))
    from = to + 1
  }
  return lines
}

function malformed(what: string): EnsignError {
  return new EnsignError('body', what)
}
