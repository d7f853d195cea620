import { utf8 } from '../base/bytes.ts'
import { MAX_HEAD_FILE } from '../base/limits.ts'
import { readHeadFile } from '../bundle/headfile.ts'
import { isLater } from '../bundle/later.ts'
import { headShape } from '../bundle/shapes.ts'
import type { Source } from '../bundle/source.ts'
import type { VerifiedState } from '../bundle/state.ts'
import type { HeadPayload } from '../bundle/types.ts'
import { countSigners } from '../trust/quorum.ts'
import { readEnvelope, readPayload, verifyEnvelope } from '../trust/statement.ts'

/**
 * Whether a cached file holds a head that is newer than this state, and that a publisher signed: nothing that somebody
 * else wrote into the cache keeps the state out of it.
 */
export async function holdsNewer(file: Source, { head, root, environment }: VerifiedState): Promise<boolean> {
  try {
    const bytes = await file.get(`${head.environment}/head.json`, { maxBytes: MAX_HEAD_FILE })
    if (bytes === undefined) return false
    const envelope = readEnvelope(utf8(readHeadFile(bytes, 'cache').head), 'head', 'cache')
    const signed = await verifyEnvelope(envelope, root.keys)
    const binding = { project: head.project, environment: head.environment, genesis: root.genesis }
    const cached: HeadPayload = readPayload(envelope, headShape, binding)
    return countSigners(signed, environment.publish) >= 1 && isLater(cached, head)
  } catch {
    return false
  }
}
