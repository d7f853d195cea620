import type { LoggedReference, Reference } from '../trust/types.ts'

interface Payload<Type extends string> {
  readonly type: Type
  readonly spec: 1
  readonly genesis: string
  readonly project: string
  readonly environment: string
}

/** These are the rules of an environment, and this is their audit manifest. */
export interface ReleasePayload extends Payload<'release'> {
  readonly version: number
  /** Digest of the release before, null for version 1. */
  readonly previous: string | null
  /** A person's id. */
  readonly author: string
  readonly created: string
  /** When it may take effect; at most 30 days apart. */
  readonly effective: { readonly from: string; readonly until: string }
  readonly parts: { readonly digest: string; readonly size: number; readonly count: number }
  readonly manifest: { readonly digest: string; readonly size: number }
  /** Stops up to this one are resolved. */
  readonly clears: Reference | null
}

/** These flags are off, now. */
export interface StopPayload extends Payload<'stop'> {
  readonly version: number
  readonly previous: string | null
  readonly created: string
  /** Ascending, each once, at least one. */
  readonly flags: readonly string[]
  readonly reason: string
  readonly incident: string | null
}

/** What is in force: an entry of the log, of which the last one counts. */
export interface StateEntry {
  readonly type: 'state'
  readonly genesis: string
  readonly project: string
  readonly environment: string
  readonly root: Reference
  readonly release: LoggedReference
  readonly stop: LoggedReference | null
  /** When the release took effect. */
  readonly since: string
}

export interface EventEntry {
  readonly type: 'event'
  readonly genesis: string
  readonly project: string
  readonly environment: string
  readonly digest: string
  readonly envelope: string
}

export type LogEntry = StateEntry | EventEntry

/** This state and this log are current. */
export interface HeadPayload extends Payload<'head'> {
  readonly epoch: number
  readonly sequence: number
  readonly issued: string
  readonly expires: string
  readonly state: StateEntry
  readonly log: { readonly origin: string; readonly size: number; readonly root: string }
}

/** Something that happened and changes no rules. */
export interface EventPayload extends Payload<'event'> {
  readonly created: string
  /** `withdrawn`, `rejected`, `drill`, `export`, … */
  readonly action: string
  readonly subject: { readonly type: string; readonly digest: string } | null
  readonly reason: string
}

/** head.json. Unknown members are ignored; `proofs` and `checkpoint` are not signed by the head. */
export interface HeadFile {
  /** The exact bytes of the statement, as text. */
  readonly head: string
  readonly release: string
  /** Those in force, ascending by version. */
  readonly stops: readonly string[]
  /** The exact bytes of the part index, where it is small. */
  readonly index?: string
  readonly proofs: HeadProofs
  /** A signed note, for auditors and witnesses. */
  readonly checkpoint?: string
}

/** Hashes in lower-case hex. */
export interface HeadProofs {
  /** Inclusion of the state at `size - 1`. */
  readonly state: readonly string[]
  readonly consistency: readonly { readonly from: number; readonly hashes: readonly string[] }[]
}
