import { EnsignError } from '../../base/errors.ts'
import type { GetOptions, Source } from '../../bundle/source.ts'
import type { Clock } from '../clock.ts'
import { race } from './body.ts'
import { LEAST_BYTES_PER_SECOND } from './request.ts'

/**
 * A source of one's own, with the time that a server has: one file that never comes would hold up every update after.
 * How much of it came nobody knows, so each file has the time of the largest that it may be.
 */
export function boundedSource(source: Source, clock: Clock, timeoutMs: number): Source {
  const get = async (path: string, options: GetOptions): Promise<Uint8Array | undefined> => {
    const control = new AbortController()
    const abort = () => control.abort(options.signal?.reason)
    if (options.signal?.aborted) abort()
    options.signal?.addEventListener('abort', abort, { once: true })
    const late = new EnsignError('timeout', 'the answer did not come in time', { at: path })
    const ms = timeoutMs + (options.maxBytes / LEAST_BYTES_PER_SECOND) * 1000
    const cancel = clock.after(ms, () => control.abort(late))
    const ask = async () => source.get(path, { ...options, signal: control.signal })
    try {
      return await race(ask(), control.signal)
    } finally {
      cancel()
      options.signal?.removeEventListener('abort', abort)
    }
  }
  if (source.watch === undefined) return { get }
  return { get, watch: (environment, onHead) => source.watch!(environment, onHead) }
}
