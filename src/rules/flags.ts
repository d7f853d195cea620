import type { Json } from '../base/json.ts'
import type { Reason } from './reasons.ts'

/** What is asked about: own properties only, never kept and never sent anywhere. */
export type Context = Readonly<Record<string, unknown>>

/** The type of each flag's value, by key. The default knows no key and takes all. */
export type Schema = Record<string, unknown>
type Key<S> = keyof S & string

/** `false` stands for boolean, `20` for number: the fallback's type, not its literal. */
export type Widen<T> = T extends boolean ? boolean : T extends string ? string : T extends number ? number : T
type Value<S, K extends keyof S, T> = string extends keyof S ? Widen<T> : S[K]

/** An answer without the caller's part in it. Frozen, and shared between calls. */
export interface Evaluation {
  /** Undefined where the caller's fallback is served. Objects are frozen all the way down. */
  readonly value: Json | undefined
  readonly variant: string | undefined
  /** What `isEnabled` says; undefined where the caller's fallback is served. */
  readonly enabled: boolean | undefined
  readonly reason: Reason
  /** Stable, from the tables of codes. */
  readonly code: string | undefined
  readonly rule: string | undefined
  readonly experiment: string | undefined
  /** The flag's own `meta`, frozen all the way down. */
  readonly meta: Json | undefined
  /** The flag or segment that was stopped, unmet or in error, where it is not this flag itself. */
  readonly via: string | undefined
}

/** Why a caller got what he got. Holds no value of the context. */
export interface Explanation<T = unknown> extends Omit<Evaluation, 'value' | 'enabled' | 'meta'> {
  readonly flag: string
  /** With the caller's fallback where that is served. */
  readonly value: T
  readonly enabled: boolean
  /** 0 to 99,999, where a split decided. */
  readonly bucket: number | undefined
  readonly release: ReleaseInfo | null
}

/** Shown as it was given to `apply`; the rules engine does not read it. */
export interface ReleaseInfo {
  readonly version: number
  readonly digest: string
  /** The state of the source, such as `live` or `stale`. */
  readonly status: string
}

/** A moment at which answers may change without a new release, from the time conditions that the flag reads. */
export interface Transition {
  readonly flag: string
  /** `YYYY-MM-DDTHH:MM:SSZ` */
  readonly at: string
}

/** No member throws, waits, or makes a promise, whatever the context does. */
export interface Flags<S = Schema> {
  /** Of a flag that is not boolean: the served variant is not the off variant. */
  isEnabled(key: Key<S>, context?: Context, fallback?: boolean): boolean
  value<K extends Key<S>>(key: K, context?: Context): (string extends keyof S ? Json : S[K]) | undefined
  value<K extends Key<S>, T extends S[K]>(key: K, context: Context | undefined, fallback: T): Value<S, K, T>
  variant(key: Key<S>, context?: Context): string | undefined
  /** The whole answer at the price of `variant`: frozen, shared, and without the caller's fallback. */
  evaluate(key: Key<S>, context?: Context): Evaluation
  explain<K extends Key<S>>(key: K, context?: Context): Explanation<S[K] | undefined>
  explain<K extends Key<S>, T extends S[K]>(
    key: K,
    context: Context | undefined,
    fallback: T,
  ): Explanation<Value<S, K, T>>
  /** All flags, or those of `keys`, by key. */
  evaluateAll(context?: Context, options?: EvaluateAllOptions): Readonly<Record<string, Evaluation>>
  /** One context, one snapshot, one time: what a request needs. Later releases do not show in it. */
  for(context?: Context): View<S>
  /** The moments still to come, earliest first. */
  transitions(): readonly Transition[]
}

export interface EvaluateAllOptions {
  readonly keys?: readonly string[]
}

export interface View<S = Schema> {
  isEnabled(key: Key<S>, fallback?: boolean): boolean
  value<K extends Key<S>>(key: K): (string extends keyof S ? Json : S[K]) | undefined
  value<K extends Key<S>, T extends S[K]>(key: K, fallback: T): Value<S, K, T>
  variant(key: Key<S>): string | undefined
  evaluate(key: Key<S>): Evaluation
  explain<K extends Key<S>>(key: K): Explanation<S[K] | undefined>
  explain<K extends Key<S>, T extends S[K]>(key: K, fallback: T): Explanation<Value<S, K, T>>
  evaluateAll(options?: EvaluateAllOptions): Readonly<Record<string, Evaluation>>
  readonly release: ReleaseInfo | null
}
