import { fromBase64url } from '../../base/bytes.ts'
import { isObject, parseJson } from '../../base/json.ts'
import { MAX_HEAD_FILE } from '../../base/limits.ts'
import { isLater } from '../../bundle/later.ts'

export interface HeadId {
  readonly epoch: number
  readonly sequence: number
  /** Milliseconds; NaN where it does not parse. */
  readonly expires: number
}

/** By the arrays of prepared files, which never change: what is on its way to all streams is parsed once. */
const known = new WeakMap<Uint8Array, { readonly id: HeadId | undefined }>()

/** Where a head stands, read without any judgement: the server passes heads on, and clients verify them. */
export function headIdOf(file: Uint8Array): HeadId | undefined {
  const found = known.get(file) ?? { id: readId(file) }
  known.set(file, found)
  return found.id
}

function readId(file: Uint8Array): HeadId | undefined {
  try {
    const outer = parseJson(file, MAX_HEAD_FILE)
    const envelope = isObject(outer) && typeof outer.head === 'string' ? (JSON.parse(outer.head) as unknown) : undefined
    const payload =
      isObject(envelope) && typeof envelope.payload === 'string' ? fromBase64url(envelope.payload) : undefined
    const head = payload === undefined ? undefined : parseJson(payload, MAX_HEAD_FILE)
    if (!isObject(head) || !Number.isSafeInteger(head.epoch) || !Number.isSafeInteger(head.sequence)) return undefined
    const expires = typeof head.expires === 'string' ? Date.parse(head.expires) : Number.NaN
    return { epoch: head.epoch as number, sequence: head.sequence as number, expires }
  } catch {
    return undefined
  }
}

/** Whether one head was made after another; false where one of them is none. */
export function isAhead(file: Uint8Array, other: Uint8Array): boolean {
  const [a, b] = [headIdOf(file), headIdOf(other)]
  return a !== undefined && b !== undefined && isLater(a, b)
}
