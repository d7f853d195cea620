import { deepFreeze } from '../base/freeze.ts'
import { must } from '../base/must.ts'
import type { RootState } from '../trust/root.ts'
import * as is from '../trust/shape.ts'
import type { Reference, RootEnvironment } from '../trust/types.ts'
import type { HeadPayload, ReleasePayload } from './types.ts'

/** What a client keeps of the newest state that it verified, and gives to the next verification. Plain JSON. */
export interface Memory {
  readonly genesis: string
  readonly project: string
  readonly environment: string
  readonly root: Reference
  readonly epoch: number
  readonly sequence: number
  /** Digest of the head. */
  readonly head: string
  /** `issued` of the head. */
  readonly issued: string
  readonly release: Reference
  readonly clears: Reference | null
  readonly stop: Reference | null
  readonly log: { readonly size: number; readonly root: string }
}

export const memoryShape = is.object<Memory>({
  genesis: is.digest,
  project: is.id,
  environment: is.id,
  root: is.reference,
  epoch: is.version,
  sequence: is.version,
  head: is.digest,
  issued: is.time,
  release: is.reference,
  clears: is.nullable(is.reference),
  stop: is.nullable(is.reference),
  log: is.object({ size: is.version, root: is.digest }),
})

const AT = 'memory'

/** A copy of what a caller kept, once it has the shape above. Null is what key-value stores say for nothing. */
export function readMemory(kept: Memory | null | undefined): Memory | undefined {
  return kept === undefined || kept === null ? undefined : memoryShape(plainCopy(kept), AT)
}

function plainCopy(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value))
  } catch {
    return undefined
  }
}

/** A minimum that is deployed with the application; it carries no log proof. Void once the root names a higher epoch. */
export interface Floor {
  readonly epoch: number
  readonly sequence?: number
  /** Versions. */
  readonly release?: number
  readonly stop?: number
}

/** A point that what is in force must not go back behind: what was verified before, or what the root vouches for. */
export type Anchor = Pick<Memory, 'release' | 'clears' | 'stop' | 'log'>

/**
 * Memory counts within its epoch. On a higher one it becomes the root's `standing`: the root's signers vouch for that,
 * and a thief may have pushed the old numbers to their end.
 */
export function anchorsOf(current: Memory | undefined, { standing }: RootEnvironment): readonly Anchor[] {
  return [current, standing].filter(one => one !== undefined && one !== null)
}

export function rememberState(root: RootState, head: HeadPayload, headDigest: string, release: ReleasePayload): Memory {
  const { stop, release: named } = head.state
  return deepFreeze({
    genesis: root.genesis,
    project: head.project,
    environment: head.environment,
    root: { version: root.payload.version, digest: root.digest },
    epoch: head.epoch,
    sequence: head.sequence,
    head: headDigest,
    issued: head.issued,
    release: { version: named.version, digest: named.digest },
    clears: release.clears,
    stop: stop && { version: stop.version, digest: stop.digest },
    log: { size: head.log.size, root: head.log.root },
  })
}

/** The memory is of this lineage, and the chain of roots reaches to what it holds. */
export function checkMemory(memory: Memory, root: RootState, project: string, environment: RootEnvironment): void {
  const mine = memory.genesis === root.genesis && memory.project === project && memory.environment === environment.name
  must('5.14', mine, 'memory_mismatch', AT)
  const newest = root.payload.version
  must('5.15', newest >= memory.root.version, 'root_rollback', AT, `root ${newest} after ${memory.root.version}`)
  const { epoch } = environment
  must('5.16', epoch >= memory.epoch, 'root_rollback', AT, `epoch ${epoch} after ${memory.epoch}`)
  const anchored = epoch === memory.epoch || environment.standing !== null
  must('5.18', anchored, 'root_standing', AT, 'a new epoch in which nothing stands')
  const seen = root.chain.find(one => one.version === memory.root.version)
  must('5.17', seen === undefined || seen.digest === memory.root.digest, 'root_fork', AT)
}
