import type { Json } from '../../base/json.ts'

export const ACTIONS = ['create', 'toggle', 'target', 'rollout', 'value', 'archive', 'delete', 'describe'] as const
/** What a role may be allowed to do. `describe` changes no answer: owner, risk, expiry. */
export type Action = (typeof ACTIONS)[number]

/** One semantic change, in the words that the audit manifest uses. */
export interface Change {
  readonly action: Action
  /** A flag's key, or `segments/KEY`: a slash never occurs in a key. */
  readonly flag_key: string
  readonly previous_state: Json
  readonly new_state: Json
  /** One line for people. */
  readonly summary: string
}

/** Percent as an exact decimal text: `"15"`, `"0.0125"`. */
type Percent = string

/** The people who meet the same conditions, and what of their bucket space changes its variant. */
export interface Audience {
  /** Ids of the rules whose conditions hold; empty: everyone else. */
  readonly rules: readonly string[]
  readonly moved: Percent
  /** The least that the change of weights allows. */
  readonly minimum: Percent
  /** What they got, and what they get; sorted by variant. */
  readonly before: readonly Share[]
  readonly after: readonly Share[]
}

export interface Share {
  readonly variant: string
  readonly percent: Percent
}

export interface Impact {
  readonly flag_key: string
  /** Of the audience that moves most. */
  readonly moved: Percent
  readonly minimum: Percent
  /** Audiences in which somebody moves, most first. */
  readonly audiences: readonly Audience[]
  /** Other flags that read this one, directly or not. */
  readonly readers: readonly string[]
}

/** A step that every client will take by itself. */
export interface FutureTransition {
  readonly flag_key: string
  readonly at: string
  readonly moved: Percent
  readonly summary: string
}
