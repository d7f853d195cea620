import { EnsignError } from '../../base/errors.ts'
import { releaseShape, stopShape } from '../../bundle/shapes.ts'
import type { StopPayload } from '../../bundle/types.ts'
import { readEnvelope, readPayload, verifyEnvelope } from '../../trust/statement.ts'
import type { Reference } from '../../trust/types.ts'
import { judgeStop } from '../policy/judge.ts'
import { refuseAll } from '../policy/refuse.ts'
import { bindingOf } from './binding.ts'
import type { Current } from './current.ts'
import { policyOfRoot } from './judgepolicy.ts'
import { releasePath, stopPath } from './paths.ts'
import { entriesFor, NO_FILES, type Planner } from './plan.ts'
import { readRelease, readStops } from './stops.ts'

/** Flags that are off, now: one person's signature, the next link of the chain, and nothing else to wait for. */
export function planStop(statement: Uint8Array): Planner {
  return async (_publisher, current, at, verified) => {
    const { environment, root, source, base } = current
    const envelope = readEnvelope(statement, 'stop', 'stop')
    const stop = readPayload(envelope, stopShape, bindingOf(current))
    if (base.state === undefined) throw new EnsignError('no_release', 'nothing was published here yet')
    const inForce = verified?.stops ?? (await stopsInForce(current))
    if (await isPassed(current, envelope.digest, stop.version)) return null

    const last: Reference | null = base.state.stop
    if (stop.version !== (last?.version ?? 0) + 1 || stop.previous !== (last?.digest ?? null)) {
      throw new EnsignError('stop_fork', 'the stop does not follow the last one', {
        cure: 'Somebody else stopped something meanwhile. Give the same command again.',
      })
    }
    const stopped = new Set(inForce.flatMap(({ flags }) => flags))
    if (stop.flags.every(flag => stopped.has(flag))) {
      throw new EnsignError('stop_nothing', 'every flag of it is stopped already')
    }
    const signed = await verifyEnvelope(envelope, root.keys)
    const stopper = signed.find(({ person }) => environment.stop.includes(person))
    if (stopper === undefined) throw new EnsignError('stop_signer', 'signed by nobody who may stop here')
    const policy = await policyOfRoot(source, root)
    if (policy !== undefined) refuseAll(judgeStop(policy, environment.name, stopper.person, at))

    const reference = { version: stop.version, digest: envelope.digest, envelope: envelope.envelope }
    return {
      entries: entriesFor(current, { stop: reference }),
      statements: [{ path: stopPath(environment.name, reference), bytes: statement }],
      files: NO_FILES,
      notices: [],
    }
  }
}

async function stopsInForce(current: Current): Promise<StopPayload[]> {
  const { base, source, environment } = current
  if (base.state === undefined) return []
  const path = releasePath(environment.name, base.state.release)
  const envelope = readEnvelope(await readRelease(source, path, base.state.release), 'release', path)
  const { clears } = readPayload(envelope, releaseShape, bindingOf(current))
  return (await readStops(source, bindingOf(current), base.state.stop, clears)).map(({ payload }) => payload)
}

/** The same command again: this very stop is on the chain that is in force, cleared or not. */
async function isPassed(current: Current, digest: string, version: number): Promise<boolean> {
  const { base, source } = current
  const last = base.state?.stop ?? null
  if (last === null || version > last.version) return false
  if (last.digest === digest) return true
  const chain = await readStops(source, bindingOf(current), last, null)
  return chain.some(stop => stop.digest === digest)
}
