import { MAX_BUNDLE } from '../base/limits.ts'
import { must } from '../base/must.ts'

/** Lines of a file, each ended by one LF, read only as far as asked for. */
export interface LineReader {
  /** The next line without its LF; undefined at the end of the file. `code` refuses one over `maxBytes`. */
  next(maxBytes: number, code?: string): Promise<Uint8Array | undefined>
  ended(): Promise<boolean>
}

const LF = 0x0a
/** Where what is wrong with the file as a whole is. */
export const AT = 'bundle.ndjson'

/**
 * Of bytes in memory the lines are views; of a stream they are copies where they cross chunks. A chunk is held no
 * longer than its last line.
 */
export function readLines(input: Uint8Array | AsyncIterable<Uint8Array>): LineReader {
  const chunks = input instanceof Uint8Array ? [input][Symbol.iterator]() : input[Symbol.asyncIterator]()
  let chunk: Uint8Array = new Uint8Array(0)
  let at = 0
  let total = 0

  /** Makes sure that `chunk` has an unread byte; false at the end of the file. */
  const fill = async (): Promise<boolean> => {
    while (at >= chunk.length) {
      const { done, value } = await chunks.next()
      if (done === true) return false
      total += value.length
      must('F.8', total <= MAX_BUNDLE, 'too_large', AT)
      chunk = value
      at = 0
    }
    return true
  }

  return {
    async next(maxBytes, code = 'too_large') {
      // One growing buffer and no list of pieces: a stream of single bytes must not cost an object for each.
      let held = new Uint8Array(0)
      let length = 0
      for (;;) {
        if (!(await fill())) {
          must('F.9', length === 0, 'bundle_form', AT, 'the last line is not ended')
          return undefined
        }
        const end = chunk.indexOf(LF, at)
        const piece = chunk.subarray(at, end < 0 ? chunk.length : end)
        must('F.10', length + piece.length <= maxBytes, code, AT)
        at += piece.length + (end < 0 ? 0 : 1)
        if (end >= 0 && length === 0) return piece
        if (length + piece.length > held.length) {
          const grown = new Uint8Array(Math.min(maxBytes, Math.max(2 * held.length, length + piece.length)))
          grown.set(held.subarray(0, length))
          held = grown
        }
        held.set(piece, length)
        length += piece.length
        if (end >= 0) return held.subarray(0, length)
      }
    },
    async ended() {
      return !(await fill())
    },
  }
}
