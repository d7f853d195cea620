import { CLOCK_SKEW_MS } from '../base/limits.ts'
import { must } from '../base/must.ts'
import { parseTime } from '../base/time.ts'
import { countSigners } from '../trust/quorum.ts'
import type { RootState } from '../trust/root.ts'
import { follows } from '../trust/succession.ts'
import type { Reference, RootEnvironment, Signed } from '../trust/types.ts'
import type { Anchor, Floor, Memory } from './memory.ts'
import type { Notice, NoticeCode } from './state.ts'
import type { HeadPayload } from './types.ts'

const AT = 'head'

/** The head makes sense, and the newest root stands behind it. */
export function checkHead(head: HeadPayload, signed: readonly Signed[], root: RootState, one: RootEnvironment): void {
  must('6.7', countSigners(signed, one.publish) >= 1, 'threshold', AT, 'no publisher signed it')
  const life = parseTime(head.expires)! - parseTime(head.issued)!
  must('6.8', life > 0, 'schema', AT, 'expires before it was issued')
  const { state } = head
  must('6.9', state.project === head.project, 'wrong_project', AT)
  must('6.10', state.environment === head.environment, 'wrong_environment', AT)
  must('6.11', state.genesis === head.genesis, 'wrong_genesis', AT)
  must('6.12', head.epoch >= one.epoch, 'rollback', AT, `epoch ${head.epoch}, and the root says ${one.epoch}`)
  must('6.13', head.epoch <= one.epoch, 'root_mismatch', AT, `epoch ${head.epoch}, and the root says ${one.epoch}`)
  must('6.14', isOfChain(state.root, root), 'root_mismatch', AT, `root ${state.root.version} is not of the chain`)
  must('6.15', head.log.origin === one.log.origin, 'log_origin', AT)
  must('6.16', life <= one.headLifetime * 1000, 'head_lifetime', AT)
}

/** Roots from before the pinned one are known by hash only where its `previous` or the genesis tells; none decides anything. */
function isOfChain(named: Reference, root: RootState): boolean {
  const pinned = root.chain[0]!
  if (named.version > root.payload.version) return false
  if (named.version < pinned.version) return named.version > 1 || named.digest === root.genesis
  return root.chain[named.version - pinned.version]!.digest === named.digest
}

/** Not older than what was verified before, by (epoch, sequence) and by the time of issue. */
export function checkSequence(head: HeadPayload, digest: string, memory: Memory | undefined): void {
  if (memory === undefined || memory.epoch !== head.epoch) return
  must('6.17', head.sequence >= memory.sequence, 'rollback', AT, `${head.sequence} after ${memory.sequence}`)
  const other = head.sequence === memory.sequence && digest !== memory.head
  must('6.18', !other, 'head_fork', AT)
  must('6.19', parseTime(head.issued)! >= parseTime(memory.issued)!, 'rollback', AT, 'issued before the last one')
}

export function checkFloor({ epoch, sequence, state }: HeadPayload, floor: Floor | undefined): void {
  if (!floor || epoch > floor.epoch) return
  must('6.20', epoch === floor.epoch && sequence >= (floor.sequence ?? 0), 'rollback', AT, 'below the floor')
  must('6.21', state.release.version >= (floor.release ?? 0), 'release_rollback', AT, 'below the floor')
  must('6.22', (state.stop?.version ?? 0) >= (floor.stop ?? 0), 'stop_rollback', AT, 'below the floor')
}

/** Release and stop of the head are those of each anchor, or later. */
export function checkOnward({ state }: HeadPayload, anchors: readonly Anchor[]): void {
  for (const { release, stop } of anchors) {
    // That the stops are the same ones is held against the run itself, 9.4.
    must('6.26', state.release.version >= release.version, 'release_rollback', AT)
    must('6.27', follows(release, state.release), 'release_fork', AT)
    must('6.28', (state.stop?.version ?? 0) >= (stop?.version ?? 0), 'stop_rollback', AT)
  }
}

export interface Freshness {
  readonly now: number
  readonly mayBeStale: boolean
  readonly mayBeEarly: boolean
}

/** Expiry decides who may replace a state that runs; what is told instead of refused comes back as notices. */
export function checkFreshness(
  head: HeadPayload,
  root: RootState,
  { now, mayBeStale, mayBeEarly }: Freshness,
): Notice[] {
  const notices: Notice[] = []
  const tell = (holds: boolean, code: NoticeCode, what: string) => {
    if (!holds) notices.push(Object.freeze({ code, what }))
  }
  const early = parseTime(head.issued)! <= now + CLOCK_SKEW_MS
  const rootLives = now - CLOCK_SKEW_MS < parseTime(root.payload.expires)!
  const headLives = now - CLOCK_SKEW_MS < parseTime(head.expires)!
  const future = `the head was issued ${head.issued}, in the future`
  const rootOver = `root ${root.payload.version} expired ${root.payload.expires}`
  const headOver = `the head expired ${head.expires}`
  must('6.23', early || mayBeEarly, 'clock_fault', AT, future)
  must('6.24', rootLives || mayBeStale, 'root_expired', AT, rootOver)
  must('6.25', headLives || mayBeStale, 'expired', AT, headOver)
  tell(early, 'clock_fault', future)
  tell(rootLives, 'root_expired', rootOver)
  tell(headLives, 'expired', headOver)
  return notices
}
