import { EnsignError } from './errors.ts'

/** Bytes that come in pieces. */
export interface Gathering {
  /** False: it is more than may be, and was left out. */
  add(chunk: Uint8Array): boolean
  all(): Uint8Array<ArrayBuffer>
}

/** One buffer that grows: what it takes follows the bytes, and a stream of single ones costs no object for each. */
export function gathering(maxBytes: number): Gathering {
  let held = new Uint8Array(0)
  let size = 0
  return {
    add(chunk) {
      const next = size + chunk.length
      if (next > maxBytes) return false
      if (next > held.length) {
        const wider = new Uint8Array(Math.min(maxBytes, Math.max(2 * size, next)))
        wider.set(held)
        held = wider
      }
      held.set(chunk, size)
      size = next
      return true
    },
    all: () => (size === held.length ? held : held.slice(0, size)),
  }
}

export async function gather(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes = Number.POSITIVE_INFINITY,
  at?: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const body = gathering(maxBytes)
  for await (const chunk of chunks) {
    if (!body.add(chunk)) throw new EnsignError('too_large', `more than ${maxBytes} bytes`, { at })
  }
  return body.all()
}
