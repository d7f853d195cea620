import type { Signer } from '../../trust/signer.ts'
import type { LoggedReference, Reference, RootPin } from '../../trust/types.ts'
import type { Store } from '../stores/store.ts'
import type { Kept } from './kept.ts'
import type { Seen } from './seen.ts'

/**
 * What publishes one environment. The two online keys sign heads and checkpoints and nothing else; people's keys are
 * not here. Every function of this folder takes one.
 */
export interface Publisher {
  readonly store: Store
  readonly project: string
  readonly environment: string
  readonly root: RootPin
  readonly now: () => number
  /** What it has seen in force, so that it builds on nothing older. Without one it believes the store. */
  readonly seen?: Seen
  readonly keys: {
    /** Of a machine in the root's `publish`. */
    readonly head: Signer
    /** The root's `log.key`, used for nothing else. */
    readonly log: Signer
  }
  /** For one that goes on running. */
  readonly kept?: Kept
  /** A new head is in force. What is derived from it, and only spares others a request, waits for this. */
  readonly onHead?: (head: Uint8Array) => Promise<void>
  /** Takes over the writing of the bundle, of which the last one counts. Absent: it is written before the receipt is given. */
  readonly onBundle?: (write: () => Promise<void>) => void
}

/** A release and all that it names. Nothing of it is believed: a server takes it from strangers. */
export interface ReleaseSubmission {
  readonly release: Uint8Array
  readonly index: Uint8Array
  /** By digest; those that the store has already may be left out. */
  readonly parts: ReadonlyMap<string, Uint8Array>
  readonly manifest: Uint8Array
  /** `YYYY-MM-DDTHH:MM:SSZ`: keep it, and put it in force then. */
  readonly at?: string
}

/** Something that the publisher should know and that stopped nothing. */
export interface Notice {
  readonly code: string
  readonly what: string
}

export interface Receipt {
  /** `unchanged`: it was in force already, so the same command again is harmless. */
  readonly outcome: 'published' | 'unchanged' | 'scheduled'
  readonly environment: string
  readonly release: LoggedReference
  readonly stop: LoggedReference | null
  readonly root: Reference
  readonly sequence: number
  readonly expires: string
  readonly log: { readonly size: number; readonly root: string }
  /** head.json as it is now in force, verified from the store. */
  readonly head: Uint8Array
  readonly notices: readonly Notice[]
}
