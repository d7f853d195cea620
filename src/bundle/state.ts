import type { RuleSet } from '../rules/engine.ts'
import type { LoadedPart } from '../rules/load.ts'
import type { Pause } from '../trust/keyring.ts'
import type { RootState } from '../trust/root.ts'
import type { RootEnvironment, RootPin, Signed } from '../trust/types.ts'
import type { Floor, Memory } from './memory.ts'
import type { IndexRow } from './parts.ts'
import type { Source } from './source.ts'
import type { HeadPayload, ReleasePayload, StopPayload } from './types.ts'

export interface OpenOptions {
  readonly source: Source
  /** Both are compared with every statement. */
  readonly project: string
  readonly environment: string
  /** What the application pins: a root statement, or the version and digest of one. */
  readonly root: RootPin
  /** Milliseconds since 1970: the time of the whole verification. */
  readonly now: number
  /** Of the newest state that was verified before, in this process or another. */
  readonly memory?: Memory | undefined
  readonly floor?: Floor | undefined
  /** The state that runs: the same head again returns it, unchanged parts keep their identity. Brings its memory. */
  readonly previous?: VerifiedState | undefined
  /** Of who does not ask for newer roots each time while a state runs: whether this head has them asked for. */
  readonly namesNewRoot?: ((head: string, root: RootState, environment: string) => boolean) | undefined
  /** The newest root that this client verified since `previous`, whose heads may all have been refused. */
  readonly known?: RootState | undefined
  /** Told each verified chain, whatever becomes of the head. */
  readonly onRoot?: ((root: RootState) => void) | undefined
  /** Takes a genuine state that has expired, where none or only a stale one runs. */
  readonly allowStale?: boolean | undefined
  readonly signal?: AbortSignal | undefined
  /** Lets the event loop turn; awaited between pieces of work. */
  readonly pause?: Pause | undefined
}

export type NoticeCode = 'expired' | 'root_expired' | 'clock_fault' | 'many_stops' | 'log_restarted'

/** Something to tell beside a state that was accepted. */
export interface Notice {
  readonly code: NoticeCode
  readonly what: string
}

/** A statement that was read, and its signatures checked, under one root. Whether it counts is judged elsewhere. */
export interface Statement<Payload> {
  readonly payload: Payload
  readonly digest: string
  readonly envelope: string
  readonly signed: readonly Signed[]
}

/** Who vouches for what is in force. */
export interface Signers {
  readonly head: readonly Signed[]
  readonly release: readonly Signed[]
  /** In the order of `stops`. Empty for one that is in force because the root vouches for it. */
  readonly stops: readonly (readonly Signed[])[]
}

/** What was verified and is in force. Immutable. */
export interface VerifiedState {
  readonly root: RootState
  /** Of the newest root: this environment's roles. */
  readonly environment: RootEnvironment
  readonly head: HeadPayload
  readonly release: ReleasePayload
  /** Met the newest root's quorum, or is vouched for by it as standing. */
  readonly basis: 'quorum' | 'standing'
  readonly stops: readonly StopPayload[]
  readonly index: readonly IndexRow[]
  readonly parts: readonly LoadedPart[]
  readonly memory: Memory
  readonly signers: Signers
  readonly ruleSet: RuleSet
  /** Expired, and taken all the same because `allowStale` was given. */
  readonly stale: boolean
  readonly notices: readonly Notice[]
  /** head.json as it was read, and the statement in it. */
  readonly file: { readonly bytes: Uint8Array; readonly head: string }
  /** The statements of the head file, as they were read under `root`, by type and text. */
  readonly opened: ReadonlyMap<string, Statement<object>>
}
