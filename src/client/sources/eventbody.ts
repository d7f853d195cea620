import { EnsignError } from '../../base/errors.ts'
import { race } from './body.ts'

export interface WatchOptions {
  readonly signal: AbortSignal
  readonly onBytes: () => void
  /** Between two blank lines. The parser behind would hold a line that never ends. */
  readonly maxFrame: number
}

const LF = 0x0a
const CR = 0x0d

/** The body of an event stream, passed on as it comes: every byte is a sign of life, and no event is over its size. */
export function watchBody(body: ReadableStream<Uint8Array> | null, options: WatchOptions): ReadableStream<Uint8Array> {
  const reader = body?.getReader()
  const { signal, onBytes, maxFrame } = options
  let frame = 0
  let atLineStart = true
  let afterCr = false

  const measure = (chunk: Uint8Array): void => {
    for (const byte of chunk) {
      // CR, LF and CR LF each end a line; the LF of a pair is no line of its own.
      const endsLine = byte === LF || byte === CR
      const second = byte === LF && afterCr
      afterCr = byte === CR
      if (second) continue
      frame = endsLine && atLineStart ? 0 : frame + 1
      atLineStart = endsLine
      if (frame > maxFrame) throw new EnsignError('too_large', `an event over ${maxFrame} bytes`, { at: 'stream' })
    }
  }
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (reader === undefined) return controller.close()
      try {
        const { done, value } = await race(reader.read(), signal)
        if (done) return controller.close()
        measure(value)
        onBytes()
        controller.enqueue(value)
      } catch (error) {
        reader.cancel().catch(() => undefined)
        controller.error(error)
      }
    },
    async cancel() {
      await reader?.cancel()
    },
  })
}
