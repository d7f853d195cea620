import type { Json } from '../../base/json.ts'
import type { FlagType, Scalar } from '../../rules/types.ts'
import type { Policy } from '../policy/types.ts'

/** The files of a workspace as people write them. What the schemas let through has these types. */

/** `ensign.yaml` */
export interface ProjectFile {
  readonly project: string
  /** In the order of promotion. */
  readonly environments: readonly string[]
  /** Name of a unit -> the attribute that holds it. */
  readonly units: Readonly<Record<string, string>>
  /** The default unit. */
  readonly unit: string
  /** The rule level that the oldest client in use understands. */
  readonly engine?: number
}

/** `attributes.yaml` */
export interface AttributeFile {
  readonly attributes: readonly Attribute[]
}

export const ATTRIBUTE_TYPES = [
  'string',
  'number',
  'boolean',
  'strings',
  'numbers',
  'time',
  'semver',
  'version',
  'ip',
] as const
export type AttributeType = (typeof ATTRIBUTE_TYPES)[number]

export interface Attribute {
  readonly name: string
  /** Names of nested objects that lead to it; the name alone where absent. */
  readonly path?: readonly string[]
  readonly type: AttributeType
  readonly pii?: 'none' | 'pseudonymous' | 'forbidden'
  /** Name of the secret; a mapping chooses the normal form too. */
  readonly sealed?: string | { readonly key: string; readonly norm?: 'none' | 'trim-lower' }
  /** The values that make sense; others in a rule are told. */
  readonly values?: readonly Scalar[]
  readonly description?: string
}

export const FLAG_KINDS = ['release', 'experiment', 'operational', 'permission', 'kill-switch'] as const
type FlagKind = (typeof FLAG_KINDS)[number]
export const RISKS = ['low', 'medium', 'high', 'critical'] as const
export type Risk = (typeof RISKS)[number]

/** `flags/*.yaml` */
export interface FlagFile {
  readonly key: string
  readonly description?: string
  readonly type: FlagType
  readonly owner?: string
  readonly kind?: FlagKind
  readonly risk?: Risk
  /** `YYYY-MM-DD`, or "never" for a flag that is meant to stay. */
  readonly expires?: string
  /** Written once; a rename keeps it, so that nobody moves. */
  readonly salt: string
  /** Absent on a boolean flag: `on` is true, `off` is false. */
  readonly variants?: readonly Variant[]
  /** Name of the off variant; null serves the caller's fallback. Absent on a boolean flag: the variant that is false. */
  readonly off?: string | boolean | null
  /** Of a json flag: the JSON Schema that each variant meets. */
  readonly schema?: Json
  readonly tags?: readonly string[]
  /** The day on which it was archived; it then serves its off variant everywhere. */
  readonly archived?: string
  readonly environments: Readonly<Record<string, EnvironmentBlock>>
  /** Environment -> rule id, or `otherwise` -> variant -> `[from, to]` in buckets. Written by `ensign fmt`. */
  readonly layout?: Readonly<Record<string, Readonly<Record<string, Layout>>>>
  /** Lint codes that were seen and accepted, each with a reason. */
  readonly accept?: readonly { readonly code: string; readonly reason: string }[]
}

interface Variant {
  readonly name: string
  readonly value: Json
  readonly description?: string
}

/** Variant -> the half-open bucket ranges that it owns. */
export type Layout = Readonly<Record<string, readonly (readonly [from: number, to: number])[]>>

export interface EnvironmentBlock {
  readonly enabled: boolean
  readonly requires?: readonly { readonly flag: string; readonly is: readonly (string | boolean)[] }[]
  /** Variant -> its value in this environment, where it differs. */
  readonly values?: Readonly<Record<string, Json>>
  readonly rules?: readonly RuleBlock[]
  readonly otherwise: VariantName | OutcomeBlock
}

/** On a boolean flag true and false name the variants of that value. */
export type VariantName = string | boolean

/** Exactly one of the outcome's members, or of the sugar below. */
export interface RuleBlock extends OutcomeBlock {
  readonly id: string
  readonly description?: string
  readonly when?: ConditionBlock
  readonly ramp?: RampBlock
  readonly experiment?: ExperimentBlock
  /** Variant -> units that get it, whatever their bucket. */
  readonly targets?: Readonly<Record<string, readonly (string | number)[]>>
  /** With `targets`: the unit. */
  readonly by?: string
}

export interface OutcomeBlock {
  readonly serve?: VariantName
  readonly fallback?: true
  readonly rollout?: number | RolloutBlock
  readonly split?: SplitBlock
}

export type Rest = 'next' | 'fallback' | VariantName

/** `rollout: 25` serves the variant that is not off to 25 percent of the default unit. */
export interface RolloutBlock {
  readonly to: number
  readonly serve?: VariantName
  readonly by?: string
  readonly salt?: string
  readonly rest?: Rest
}

interface SplitBlock {
  /** Variant -> percent. */
  readonly arms: Readonly<Record<string, number>>
  readonly by?: string
  readonly salt?: string
  readonly rest?: Rest
}

interface RampBlock {
  readonly serve?: VariantName
  readonly by?: string
  readonly salt?: string
  readonly rest?: Rest
  /** Times ascending, percent at each. */
  readonly steps: readonly { readonly at: string; readonly to: number }[]
}

export interface ExperimentBlock {
  readonly key: string
  readonly layer?: string
  readonly holdout?: string
  /** Percent of those who qualify that take part; 100 where absent. */
  readonly share?: number
  /** Variant -> percent of those who take part. */
  readonly arms: Readonly<Record<string, number>>
  readonly by?: string
  readonly salt?: string
  readonly rest?: Rest
}

/**
 * A mapping in which all members must hold: `all any not assume+of segment flag+is bucket from until`, the wire's
 * `attr` with an operator, or the name of an attribute with a value, a list, or a mapping of operators.
 */
interface ConditionBlock {
  readonly [member: string]: Json
}

/** `segments/*.yaml` */
export interface SegmentFile {
  readonly key: string
  readonly description?: string
  readonly owner?: string
  readonly by?: string
  readonly include?: readonly (string | number)[]
  readonly exclude?: readonly (string | number)[]
  readonly when?: ConditionBlock
}

/** `layers/*.yaml`: experiments in one layer never share a person. */
export interface LayerFile {
  readonly key: string
  readonly salt: string
  readonly by?: string
  readonly slots: readonly { readonly experiment: string; readonly from: number; readonly to: number }[]
}

/** `holdouts/*.yaml`: people who see no experiment that names it. */
export interface HoldoutFile {
  readonly key: string
  readonly salt: string
  readonly by?: string
  /** Percent held out. */
  readonly share: number
}

/** `tests/*.spec.yaml` */
export interface TestFile {
  readonly flag?: string
  readonly environment?: string
  readonly now?: string
  readonly tests: readonly TestBlock[]
}

export interface TestBlock {
  readonly name?: string
  readonly flag?: string
  readonly environment?: string
  readonly now?: string
  readonly context?: Readonly<Record<string, Json>>
  /** Attribute -> values; the test runs once for each combination. */
  readonly matrix?: Readonly<Record<string, readonly Json[]>>
  /** The bucket of the flag's splits, whatever the unit. */
  readonly bucket?: number
  /** Name of a layer or holdout -> its bucket. */
  readonly buckets?: Readonly<Record<string, number>>
  readonly stopped?: readonly string[]
  readonly expect: VariantName | ExpectBlock
}

export interface ExpectBlock {
  readonly variant?: VariantName | null
  readonly value?: Json
  readonly enabled?: boolean
  readonly reason?: string
  readonly code?: string | null
  readonly rule?: string | null
  readonly experiment?: string | null
}

/** A file with the text that positions are taken from. */
export interface FileOf<T> {
  readonly file: string
  readonly text: string
  readonly content: T
}

export interface Workspace {
  readonly dir: string
  readonly project: FileOf<ProjectFile>
  /** By name. */
  readonly attributes: ReadonlyMap<string, Attribute>
  readonly attributeFile: FileOf<AttributeFile> | undefined
  /** By key, sorted. */
  readonly flags: ReadonlyMap<string, FileOf<FlagFile>>
  readonly segments: ReadonlyMap<string, FileOf<SegmentFile>>
  readonly layers: ReadonlyMap<string, FileOf<LayerFile>>
  readonly holdouts: ReadonlyMap<string, FileOf<HoldoutFile>>
  readonly tests: readonly FileOf<TestFile>[]
  readonly people: FileOf<PeopleFile> | undefined
  readonly policy: FileOf<PolicyFile> | undefined
}

/** `people.yaml` */
export interface PeopleFile {
  readonly people: readonly Person[]
  readonly grants?: readonly Grant[]
}

interface Person {
  readonly id: string
  readonly name?: string
  readonly auth?: string
  readonly machine?: boolean
}

interface Grant {
  readonly person: string
  readonly role: string
  /** All environments where absent. */
  readonly environments?: readonly string[]
  readonly until?: string
}

/** What `policy.yaml` may leave out of a rule. */
type Defaulted = 'environments' | 'risk' | 'stages' | 'days'
type Written<T> = Omit<T, Defaulted> & { readonly [K in Extract<keyof T, Defaulted>]?: NonNullable<T[K]> }

/** `policy.yaml`: the policy without the grants, which are in people.yaml; what is left out has its default. */
export type PolicyFile = {
  readonly [K in Exclude<keyof Policy, 'grants' | 'ratifyHours'>]?: readonly Written<Policy[K][number]>[]
} & { readonly ratifyHours?: number }
