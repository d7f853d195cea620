import type { Reference } from '../trust/types.ts'

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

/** A minimum that is deployed with the application; it carries no log proof. Void once the root names a higher epoch. */
export interface Floor {
  readonly epoch: number
  readonly sequence?: number
  /** Versions. */
  readonly release?: number
  readonly stop?: number
}
