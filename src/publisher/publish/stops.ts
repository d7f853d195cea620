import { EnsignError } from '../../base/errors.ts'
import { MAX_ENVELOPE } from '../../base/limits.ts'
import { stopShape } from '../../bundle/shapes.ts'
import type { Source } from '../../bundle/source.ts'
import type { StateEntry, StopPayload } from '../../bundle/types.ts'
import { type Binding, readEnvelope, readPayload } from '../../trust/statement.ts'
import type { LoggedReference, Reference } from '../../trust/types.ts'
import { stopPath } from './paths.ts'

export interface StoredStop {
  readonly payload: StopPayload
  readonly digest: string
  readonly bytes: Uint8Array
}

/** The stops in force, ascending: from the state's back along `previous` to what the release clears. */
export async function readStops(
  source: Source,
  binding: Binding & { environment: string },
  stop: StateEntry['stop'],
  clears: Reference | null,
): Promise<StoredStop[]> {
  const stops: StoredStop[] = []
  let at: Reference | null = stop
  while (at !== null && at.version > (clears?.version ?? 0)) {
    const path = stopPath(binding.environment, at)
    const bytes = await readFile(source, path)
    const envelope = readEnvelope(bytes, 'stop', path)
    // The digest ties each older one to the next; which envelope was logged is known of the newest.
    if (envelope.digest !== at.digest || (at === stop && envelope.envelope !== stop.envelope)) throw wrong(path)
    const payload = readPayload(envelope, stopShape, binding)
    stops.unshift({ payload, digest: at.digest, bytes })
    at = payload.previous === null ? null : { version: payload.version - 1, digest: payload.previous }
  }
  return stops
}

/** A release as the log commits to it. */
export async function readRelease(source: Source, path: string, named: LoggedReference): Promise<Uint8Array> {
  const bytes = await readFile(source, path)
  if (readEnvelope(bytes, 'release', path).envelope !== named.envelope) throw wrong(path)
  return bytes
}

async function readFile(source: Source, path: string): Promise<Uint8Array> {
  const bytes = await source.get(path, { maxBytes: MAX_ENVELOPE })
  if (bytes === undefined)
    throw new EnsignError('statement_missing', 'a statement that the log names is gone', { at: path })
  return bytes
}

function wrong(path: string): EnsignError {
  return new EnsignError('statement_changed', 'the file is not the statement that the log commits to', { at: path })
}
