import type { Json } from '../../base/json.ts'
import type { Secret } from '../../rules/sealed.ts'
import type { AttributeName, Condition } from '../../rules/types.ts'
import type { Path } from '../workspace/problem.ts'
import { didYouMean } from '../workspace/suggest.ts'
import type { FlagFile, VariantName, Workspace } from '../workspace/types.ts'
import type { Report } from './report.ts'

/** What a condition needs to know of the workspace. */
export interface ConditionScope {
  readonly workspace: Workspace
  readonly environment: string
  readonly report: Report
  readonly secretOf: (name: string) => Secret | undefined
}

/** What a rule needs to know of its flag. */
export interface FlagScope extends ConditionScope {
  readonly flag: FlagFile
  readonly variants: readonly (readonly [name: string, value: Json])[]
  /** Null serves the caller's fallback. */
  readonly off: number | null
  readonly condition: (block: Readonly<Record<string, Json>>, path: Path) => Condition
}

/** Index of a variant by its name; on a boolean flag true and false stand for the variants of that value. */
export function variantIndex(
  scope: Omit<FlagScope, 'off' | 'condition'>,
  name: VariantName,
  path: Path,
  key?: 'key',
): number {
  const { variants, flag, report } = scope
  const index =
    typeof name === 'boolean'
      ? variants.findIndex(([, value]) => flag.type === 'boolean' && value === name)
      : variants.findIndex(([one]) => one === name)
  if (index >= 0) return index
  const known = variants.map(([one]) => one)
  const cure = didYouMean(String(name), known, `Its variants are ${known.join(', ')}.`)
  report.add('unknown_variant', path, `${flag.key} has no variant "${name}"`, cure, key)
  return 0
}

/** The variant that a rollout without `serve` gives: the first that is not off. */
export function mainVariant(scope: FlagScope, serve: VariantName | undefined, path: Path): number {
  if (serve !== undefined) return variantIndex(scope, serve, [...path, 'serve'])
  const index = scope.variants.findIndex((_, i) => i !== scope.off)
  if (scope.variants.length > 2) {
    const names = scope.variants.map(([name]) => name).join(', ')
    scope.report.add('unknown_variant', path, 'which of several variants is served', `Say with serve: one of ${names}.`)
  }
  return Math.max(0, index)
}

/** A unit of ensign.yaml, else an attribute, as the wire names it. */
export function unitOf(scope: ConditionScope, name: string | undefined, path: Path): AttributeName {
  const { units, unit } = scope.workspace.project.content
  const wanted = name ?? unit
  if (Object.hasOwn(units, wanted)) return attributeName(scope, units[wanted]!)
  if (scope.workspace.attributes.has(wanted)) return attributeName(scope, wanted)
  const known = [...Object.keys(units), ...scope.workspace.attributes.keys()]
  const where = name === undefined ? path : [...path, 'by']
  scope.report.add(
    'unknown_unit',
    where,
    `there is no unit "${wanted}"`,
    didYouMean(wanted, known, `Known are ${known.join(', ')}.`),
  )
  return wanted
}

export function attributeName(scope: ConditionScope, name: string): AttributeName {
  return scope.workspace.attributes.get(name)?.path ?? name
}

/** The name in attributes.yaml of what a unit stands for. */
export function unitAttribute(scope: ConditionScope, name: string | undefined): string {
  const { units, unit } = scope.workspace.project.content
  const wanted = name ?? unit
  return Object.hasOwn(units, wanted) ? units[wanted]! : wanted
}
