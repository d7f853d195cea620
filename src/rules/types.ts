import type { Json } from '../base/json.ts'

/** The wire types. Whatever is read from bytes is `unknown` until `load.ts` has looked at it. */

export type FlagType = 'boolean' | 'string' | 'integer' | 'number' | 'json'

/** One name, or a path of names into nested objects. */
export type AttributeName = string | readonly string[]

/** What comparisons take: strings, finite numbers and booleans. */
export type Scalar = string | number | boolean

/** `{"flags":{key: Flag},"segments":{key: Segment}}`; either member may be absent, others are ignored. */
export interface Part {
  readonly flags?: Readonly<Record<string, Flag>>
  readonly segments?: Readonly<Record<string, Segment>>
}

export interface Flag {
  readonly on: boolean
  readonly type: FlagType
  /** `[name, value]`, at least one, names unique. */
  readonly variants: readonly (readonly [name: string, value: Json])[]
  /** Index of the off variant; null serves the caller's fallback. Of a boolean flag: a variant that is `false`. */
  readonly off: number | null
  readonly salt: string
  readonly requires?: readonly Requirement[]
  readonly rules: readonly Rule[]
  readonly otherwise: Outcome
  /** Never read by the engine. */
  readonly meta?: Json
}

export interface Requirement {
  readonly flag: string
  /** Names of variants. */
  readonly is: readonly string[]
}

export interface Rule {
  readonly id: string
  readonly when: Condition
  readonly then: Outcome
  readonly experiment?: string
  readonly meta?: Json
}

export type Outcome = { readonly serve: number } | { readonly fallback: true } | { readonly split: Split }

export interface Split {
  readonly by: AttributeName
  readonly salt: string
  /** Half-open `[from, to, variant]` in 1/100,000: `0 <= from < to <= 100000`, sorted and disjoint. */
  readonly arms: readonly (readonly [from: number, to: number, variant: number])[]
  readonly rest: 'next' | 'fallback' | number
}

export interface Segment {
  /** Needed where there is a list. */
  readonly by?: AttributeName
  readonly include?: SegmentList
  readonly exclude?: SegmentList
  readonly when?: Condition
}

export type SegmentList = readonly Scalar[] | { readonly sealed: Sealed }

export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | { readonly assume: boolean; readonly of: Condition }
  | Comparison
  | { readonly segment: string }
  | Requirement
  | { readonly bucket: Bucket }
  /** `YYYY-MM-DDTHH:MM:SSZ` */
  | { readonly from: string }
  | { readonly until: string }

export interface Bucket {
  readonly by: AttributeName
  readonly salt: string
  /** Half-open, `0 <= from < to <= 100000`. */
  readonly from: number
  readonly to: number
}

/** `attr` and exactly one operator beside it, and for the operators on text perhaps `ignoreCase`. */
export interface Comparison extends Partial<Operands> {
  readonly attr: AttributeName
  /** With `eq in has startsWith endsWith contains` only: folds A-Z on both sides. */
  readonly ignoreCase?: boolean
}

export interface Operands {
  readonly eq: Scalar
  readonly in: readonly Scalar[]
  readonly has: readonly Scalar[]
  readonly startsWith: readonly string[]
  readonly endsWith: readonly string[]
  readonly contains: readonly string[]
  readonly lt: number
  readonly lte: number
  readonly gt: number
  readonly gte: number
  /** RFC 3339 with an offset. */
  readonly before: string
  readonly after: string
  /** `>=1.2.0 <2.0.0 || =3.0.0`: no space between comparator and version; a bare version is `=`. */
  readonly semver: string
  readonly version: string
  /** Addresses or networks; bits behind the prefix are ignored. */
  readonly cidr: readonly string[]
  /** RE2 syntax. */
  readonly matches: string
  readonly sealed: Sealed
  /** true: the attribute is there; false: it is missing. */
  readonly exists: boolean
}

export type OperatorName = keyof Operands

export interface Sealed {
  /** Name of the secret. */
  readonly key: string
  readonly norm: 'none' | 'trim-lower'
  /** 32 lower-case hex digits each; `sealed.ts` says of what. */
  readonly values: readonly string[]
}
