import { deepFreeze } from '../base/freeze.ts'
import { formatTime } from '../base/time.ts'
import type { Reference } from '../trust/types.ts'
import type { Notice, VerifiedState } from './state.ts'

/** Where the rules that are in force come from. Everything in it was verified, but for `created`: its author's word. */
export interface Provenance {
  readonly project: string
  readonly environment: string
  readonly root: Reference
  readonly release: Reference & {
    readonly author: string
    readonly created: string
    /** Who signed it, the author included; people, each once. */
    readonly signers: readonly string[]
    /** It met the newest root's quorum, or that root vouches for it as what stood before. */
    readonly basis: 'quorum' | 'standing'
    /** When it took effect. */
    readonly since: string
  }
  readonly stops: readonly {
    readonly version: number
    readonly flags: readonly string[]
    readonly reason: string
    readonly incident: string | null
    readonly signers: readonly string[]
  }[]
  readonly head: {
    readonly epoch: number
    readonly sequence: number
    readonly issued: string
    readonly expires: string
    readonly signers: readonly string[]
  }
  readonly log: { readonly origin: string; readonly size: number; readonly root: string }
  readonly verifiedAt: string
  readonly status: 'live' | 'stale'
  /** No approval is asked for in this environment. */
  readonly unreviewed: boolean
  readonly notices: readonly Notice[]
}

export function provenanceOf(state: VerifiedState, verifiedAt: number): Provenance {
  const { head, release, signers } = state
  return deepFreeze({
    project: head.project,
    environment: head.environment,
    root: state.memory.root,
    release: {
      version: release.version,
      digest: head.state.release.digest,
      author: release.author,
      created: release.created,
      signers: peopleOf(signers.release),
      basis: state.basis,
      since: head.state.since,
    },
    stops: state.stops.map(({ version, flags, reason, incident }, i) => {
      return { version, flags, reason, incident, signers: peopleOf(signers.stops[i]!) }
    }),
    head: {
      epoch: head.epoch,
      sequence: head.sequence,
      issued: head.issued,
      expires: head.expires,
      signers: peopleOf(signers.head),
    },
    log: head.log,
    verifiedAt: formatTime(verifiedAt),
    status: state.stale ? 'stale' : 'live',
    unreviewed: state.environment.approvals === 0,
    notices: state.notices,
  })
}

function peopleOf(signed: readonly { readonly person: string }[]): readonly string[] {
  return [...new Set(signed.map(one => one.person))].sort()
}
