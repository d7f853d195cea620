import { EnsignError } from '../../base/errors.ts'

export interface ReadOptions {
  readonly at: string
  readonly maxBytes: number
  readonly signal: AbortSignal
  readonly progress: (bytes: number) => void
  readonly end: () => void
}

/** The chunks of a body, counted as they are after inflation; the connection is let go of however the reading ends. */
export async function* readChunks(
  body: ReadableStream<Uint8Array> | null,
  { at, maxBytes, signal, progress, end }: ReadOptions,
): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader()
  let bytes = 0
  try {
    while (reader !== undefined) {
      const { done, value } = await race(reader.read(), signal)
      if (done) return
      bytes += value.length
      if (bytes > maxBytes) throw new EnsignError('too_large', `more than ${maxBytes} bytes`, { at })
      progress(bytes)
      yield value
    }
  } catch (error) {
    throw asLineError(error, at)
  } finally {
    reader?.cancel().catch(() => undefined)
    end()
  }
}

/** Engines name the same failure in many ways, and their texts may hold addresses: the cause is kept, the text is ours. */
export function asLineError(error: unknown, at: string): EnsignError {
  if (error instanceof EnsignError) return error
  return new EnsignError('unreachable', 'the server cannot be reached', { at, cause: error })
}

/** Not every `fetch` heeds its signal. What comes after the abort is dropped. */
export function race<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
