import type {
  Context,
  EvaluateAllOptions,
  Evaluation,
  Explanation,
  Flags,
  ReleaseInfo,
  Transition,
  Widen,
} from '../rules/flags.ts'

/**
 * All that there is to know of a workspace's flags:
 *
 *     export interface AppFlags {
 *       flags: { 'page-size': { value: number; variant: 'small' | 'large' } }
 *       context: { userId?: string; 'app.version'?: string }
 *     }
 *
 * A plain map of values is good as well, and knows neither variants nor attributes:
 *
 *     export type Flags = { 'page-size': number }
 */
export interface FlagTypes {
  // biome-ignore lint/suspicious/noExplicitAny: an interface has no index signature, and must be good here all the same
  readonly flags: any
  readonly context: object
}

/** No key is known, and all are taken. */
export interface AnyTypes extends FlagTypes {
  readonly flags: Record<string, { readonly value: unknown; readonly variant: string }>
  readonly context: Record<string, unknown>
}

type Key<T extends FlagTypes> = keyof T['flags'] & string
type ValueOf<T extends FlagTypes, K extends Key<T>> = T['flags'][K]['value']
type VariantOf<T extends FlagTypes, K extends Key<T>> = T['flags'][K]['variant']

/** `Flags` for the types of one workspace: another key, value, variant or attribute does not compile. */
export type TypedFlags<T extends object> = T extends FlagTypes
  ? string extends keyof T['flags']
    ? Flags
    : KnownFlags<T>
  : Flags<T>

export type ContextOf<T extends object> = T extends FlagTypes ? T['context'] : Context

export interface KnownFlags<T extends FlagTypes> {
  isEnabled(key: Key<T>, context?: T['context'], fallback?: boolean): boolean
  value<K extends Key<T>>(key: K, context?: T['context']): ValueOf<T, K> | undefined
  value<K extends Key<T>>(key: K, context: T['context'] | undefined, fallback: ValueOf<T, K>): ValueOf<T, K>
  variant<K extends Key<T>>(key: K, context?: T['context']): VariantOf<T, K> | undefined
  evaluate(key: Key<T>, context?: T['context']): Evaluation
  explain<K extends Key<T>>(key: K, context?: T['context']): KnownExplanation<T, K, ValueOf<T, K> | undefined>
  explain<K extends Key<T>>(
    key: K,
    context: T['context'] | undefined,
    fallback: ValueOf<T, K>,
  ): KnownExplanation<T, K, ValueOf<T, K>>
  evaluateAll(
    context?: T['context'],
    options?: EvaluateAllOptions & { readonly keys?: readonly Key<T>[] },
  ): Readonly<Record<string, Evaluation>>
  for(context?: T['context']): KnownView<T>
  transitions(): readonly Transition[]
}

export interface KnownView<T extends FlagTypes> {
  isEnabled(key: Key<T>, fallback?: boolean): boolean
  value<K extends Key<T>>(key: K): ValueOf<T, K> | undefined
  value<K extends Key<T>>(key: K, fallback: ValueOf<T, K>): ValueOf<T, K>
  variant<K extends Key<T>>(key: K): VariantOf<T, K> | undefined
  evaluate(key: Key<T>): Evaluation
  explain<K extends Key<T>>(key: K): KnownExplanation<T, K, ValueOf<T, K> | undefined>
  explain<K extends Key<T>>(key: K, fallback: ValueOf<T, K>): KnownExplanation<T, K, ValueOf<T, K>>
  evaluateAll(
    options?: EvaluateAllOptions & { readonly keys?: readonly Key<T>[] },
  ): Readonly<Record<string, Evaluation>>
  readonly release: ReleaseInfo | null
}

export type KnownExplanation<T extends FlagTypes, K extends Key<T>, V> = Omit<Explanation<Widen<V>>, 'variant'> & {
  readonly variant: VariantOf<T, K> | undefined
}
