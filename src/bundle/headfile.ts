import { isObject, parseJson } from '../base/json.ts'
import { MAX_HEAD_FILE, MAX_STOPS } from '../base/limits.ts'
import { must } from '../base/must.ts'
import type { HeadFile, HeadProofs } from './types.ts'

const HASH = /^[0-9a-f]{64}$/

/**
 * head.json is no statement, it carries them: its own form proves nothing, so unknown members are ignored and any JSON
 * form will do. What is read is copied, as own properties, before anything waits.
 */
export function readHeadFile(bytes: Uint8Array, at: string): HeadFile {
  const file = members(parseJson(bytes, MAX_HEAD_FILE, at))
  const { head, release, stops, index, checkpoint } = file
  must('6.1', isText(head) && isText(release), 'schema', at, 'no head or no release')
  must('6.2', Array.isArray(stops) && stops.every(isText), 'schema', `${at}/stops`)
  const size = stops.reduce((sum, stop) => sum + stop.length, 0)
  must('6.3', size <= MAX_STOPS, 'too_large', `${at}/stops`)
  const noIndex = index === undefined || index === null
  must('6.4', noIndex || isText(index), 'schema', `${at}/index`)
  return {
    head,
    release,
    stops: [...stops],
    proofs: readProofs(file.proofs, `${at}/proofs`),
    ...(noIndex ? {} : { index }),
    ...(isText(checkpoint) ? { checkpoint } : {}),
  }
}

function readProofs(value: unknown, at: string): HeadProofs {
  const { state, consistency } = members(value)
  must('6.5', isHashes(state) && Array.isArray(consistency), 'schema', at)
  const rows = consistency.map((row, i) => {
    const { from, hashes } = members(row)
    const isRow = typeof from === 'number' && isHashes(hashes)
    must('6.6', isRow, 'schema', `${at}/consistency/${i}`)
    return { from, hashes }
  })
  return { state, consistency: rows }
}

/** Own members only, whatever Object.prototype carries; what is no object has none. */
function members(value: unknown): Record<string, unknown> {
  return Object.assign(Object.create(null), isObject(value) ? value : {})
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isHashes = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every(one => isText(one) && HASH.test(one))
