import type { Floor } from '../bundle/memory.ts'
import type { Provenance as BundleProvenance } from '../bundle/provenance.ts'
import type { Source } from '../bundle/source.ts'
import type { ReleaseInfo } from '../rules/flags.ts'
import type { RegexEngine } from '../rules/regex.ts'
import type { Secret } from '../rules/sealed.ts'
import type { RootPin } from '../trust/types.ts'
import type { Cache } from './cache.ts'
import type { Clock } from './clock.ts'
import type { CounterOptions } from './counters.ts'
import type { Off } from './emitter.ts'
import type { Observation } from './observe.ts'
import type { FetchLike, Token } from './sources/request.ts'
import type { Status } from './status.ts'
import type { AnyTypes, ContextOf, TypedFlags } from './typed.ts'

/** `stream`: pushed, and polled where that fails. `poll`: asked for. `manual`: on `refresh()` alone. */
export type Mode = 'stream' | 'poll' | 'manual'

/** Where the state in force came from. */
export type Origin = 'network' | 'cache' | 'bootstrap' | 'none'

export interface ClientOptions<T extends object = AnyTypes> {
  /** The server or bucket: what stands before `/v1/{project}/…`. This or `source`. */
  readonly url?: string | URL | undefined
  readonly source?: Source | undefined
  /** Both are compared with every statement, never read from the address or the bytes. */
  readonly project: string
  readonly environment: string
  /** The root statement that the application pins (bytes or text), or its version and digest. */
  readonly root: RootPin | string
  /** Default `stream`. */
  readonly mode?: Mode | undefined
  /** Milliseconds; default 30,000. Each wait is spread by a tenth. */
  readonly pollInterval?: number | undefined
  /** Milliseconds without a word from the source after which status says `stale`; default: only signed expiry counts. */
  readonly staleAfter?: number | undefined
  /** Milliseconds. How long expired a genuine state may be for a client that has none; default 7 days, 0: fallbacks. */
  readonly maxStale?: number | undefined
  /** Milliseconds for one request; default 10,000. Larger files get longer, at 16 KiB a second. */
  readonly requestTimeout?: number | undefined
  /** A minimum that is deployed with the application. */
  readonly floor?: Floor | undefined
  /** Keeps the newest verified state across starts. */
  readonly cache?: Cache | undefined
  /** A bundle.ndjson that is deployed with the application, or what loads it. */
  readonly bootstrap?: Uint8Array | (() => Uint8Array | Promise<Uint8Array>) | undefined
  /** For sealed values, by name. */
  readonly secrets?: Readonly<Record<string, Secret>> | undefined
  /** From `ensign-flags/regex`; Node loads it by itself where a rule needs it. */
  readonly regex?: RegexEngine | undefined
  /** Attributes that every evaluation sees beside its own. */
  readonly context?: Partial<ContextOf<T>> | undefined
  /** Sent as `Authorization: Bearer`, to the origin of `url` only. */
  readonly token?: Token | undefined
  /** What an operator should read. Nothing is logged without it. */
  readonly logger?: Logger | undefined
  /** Called with every evaluation by `isEnabled`, `value` and `variant`. */
  readonly observe?: ((observation: Observation) => void) | undefined
  /** The attribute whose value observations carry as `unit`; without it they carry none. */
  readonly observeUnit?: string | undefined
  readonly counters?: CounterOptions | undefined
  readonly fetch?: FetchLike | undefined
  readonly clock?: Clock | undefined
  /** From 0 up to 1. */
  readonly random?: (() => number) | undefined
  /** Closes the client. */
  readonly signal?: AbortSignal | undefined
}

export interface Logger {
  warn(message: string, details: Readonly<Record<string, unknown>>): void
}

/** Something that was wrong with a source, or in the rules. */
export interface ClientProblem {
  readonly source: Origin | 'stream' | 'rules'
  readonly code: string
  readonly what: string
  /** A path of the store, or a JSON pointer into a part. */
  readonly at: string | undefined
}

export interface ReadyResult {
  /** Verified rules are in force, perhaps `stale`. */
  readonly ok: boolean
  readonly status: Status
  readonly source: Origin
  /** Why the status is not `current`. */
  readonly code: string | undefined
  readonly problems: readonly ClientProblem[]
}

export interface WaitOptions {
  /** Milliseconds; default 10,000. */
  readonly timeout?: number | undefined
  readonly signal?: AbortSignal | undefined
}

export interface ChangeEvent {
  /** Flags whose rules changed, or anything that they read, or whether they are stopped. */
  readonly changed: readonly string[]
  readonly release: ReleaseInfo
  readonly source: Origin
}

export interface StatusEvent {
  readonly status: Status
  readonly previous: Status
  readonly source: Origin
  readonly code: string | undefined
}

export interface ClientEvents {
  readonly change: ChangeEvent
  readonly status: StatusEvent
}

/** What stands behind the answers at this moment. */
export interface Provenance {
  readonly project: string
  readonly environment: string
  readonly status: Status
  readonly source: Origin
  /** Why the status is not `current`. */
  readonly code: string | undefined
  /** When the state in force was verified, in milliseconds since 1970; null: never. */
  readonly verifiedAt: number | null
  /** null: nothing is in force. */
  readonly inForce: InForce | null
}

/** The same as an opened bundle says; when it was verified and how good it still is, the client says. */
export type InForce = Omit<BundleProvenance, 'project' | 'environment' | 'status' | 'verifiedAt'>

export interface LifeCycle {
  /** Starts the client, and waits until a state is current, or at most as long as given. Never rejects. */
  ready(options?: WaitOptions): Promise<ReadyResult>
  /** Asks the source now. Never rejects. */
  refresh(options?: WaitOptions): Promise<ReadyResult>
  /** Ends timers and connections; what was in force stays in force. May be called again. */
  close(): Promise<void>
  on<Name extends keyof ClientEvents>(name: Name, listener: (event: ClientEvents[Name]) => unknown): Off
  provenance(): Provenance
  [Symbol.asyncDispose](): Promise<void>
}

export type Client<T extends object = AnyTypes> = TypedFlags<T> & LifeCycle
