import { EnsignError } from '../../src/base/errors.ts'
import { MAX_ENVELOPE } from '../../src/base/limits.ts'
import { openState } from '../../src/bundle/open.ts'
import { checkQuorum } from '../../src/bundle/release.ts'
import { releaseShape, stopShape } from '../../src/bundle/shapes.ts'
import type { StateEntry } from '../../src/bundle/types.ts'
import { readStandpoint } from '../../src/publisher/change/ground.ts'
import { entriesBackwards, treeOf } from '../../src/publisher/publish/logread.ts'
import { releasePath, stopPath } from '../../src/publisher/publish/paths.ts'
import { countSigners } from '../../src/trust/quorum.ts'
import { readEnvelope, readPayload, verifyEnvelope } from '../../src/trust/statement.ts'
import type { Shop } from './shop.ts'

export interface Step {
  readonly entry: number
  readonly what: string
  readonly signed: readonly string[]
}

/** From the first entry to the last: each is under the log's root, and each statement is what the log commits to. */
export async function verifyHistory({ view, root: pin }: Shop): Promise<Step[]> {
  const { source, project, environment } = view
  const state = await openState({ source, project, environment, root: pin, now: Date.now() })
  const { root, environment: roles } = await readStandpoint(view)
  const binding = { genesis: root.genesis, project, environment }
  const read = async (path: string, type: 'release' | 'stop', named: { digest: string; envelope: string }) => {
    const bytes = await source.get(path, { maxBytes: MAX_ENVELOPE })
    if (bytes === undefined) throw new EnsignError('statement_missing', `${path} is gone`)
    const envelope = readEnvelope(bytes, type, path)
    if (envelope.digest !== named.digest || envelope.envelope !== named.envelope) {
      throw new EnsignError('statement_changed', `${path} is not what the log commits to`)
    }
    return { envelope, signed: await verifyEnvelope(envelope, root.keys) }
  }
  const place = { environment, epoch: state.head.epoch, tree: treeOf(state.head.log) }
  const entries: StateEntry[] = []
  for await (const { entry } of entriesBackwards(source, place)) if (entry.type === 'state') entries.unshift(entry)
  const steps: Step[] = []
  for (const [i, { release, stop }] of entries.entries()) {
    const before = entries[i - 1]
    const isStop = stop !== null && before?.stop?.digest !== stop.digest
    const named = isStop ? stop : release
    const path = isStop ? stopPath(environment, stop) : releasePath(environment, release)
    const { envelope, signed } = await read(path, isStop ? 'stop' : 'release', named)
    if (isStop) {
      readPayload(envelope, stopShape, binding)
      if (countSigners(signed, roles.stop) < 1) throw new EnsignError('stop_signer', 'signed by nobody who may stop')
    } else checkQuorum(readPayload(envelope, releaseShape, binding), signed, roles, false)
    const what = isStop ? `stop ${stop.version}` : `release ${release.version}`
    steps.push({ entry: i, what, signed: signed.map(({ person }) => person).sort() })
  }
  return steps
}
