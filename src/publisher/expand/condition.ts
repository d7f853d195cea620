import type { Json } from '../../base/json.ts'
import { parseTime } from '../../base/time.ts'
import type { Condition } from '../../rules/types.ts'
import type { Path } from '../workspace/problem.ts'
import { didYouMean } from '../workspace/suggest.ts'
import type { VariantName } from '../workspace/types.ts'
import { comparisons, wireComparisons } from './comparison.ts'
import { type ConditionScope, unitOf } from './scope.ts'

export const ALWAYS: Condition = { all: [] }

type Block = Readonly<Record<string, Json>>
type Member = (scope: ConditionScope, block: Block, path: Path) => Condition[]

/** Members with a meaning of their own; every other one is the name of an attribute. */
const MEMBERS: Readonly<Record<string, Member>> = {
  all: (scope, block, path) => [{ all: list(scope, block.all!, [...path, 'all']) }],
  any: (scope, block, path) => [{ any: list(scope, block.any!, [...path, 'any']) }],
  not: (scope, block, path) => [{ not: expandCondition(scope, block.not as Block, [...path, 'not']) }],
  assume: (scope, block, path) => [
    { assume: block.assume as boolean, of: expandCondition(scope, block.of as Block, [...path, 'of']) },
  ],
  of: () => [],
  segment: segments,
  flag: (scope, block, path) => [requirement(scope, block.flag as string, block.is as readonly VariantName[], path)],
  is: () => [],
  bucket(scope, block, path) {
    const { by, salt, from, to } = block.bucket as { by?: string; salt: string; from: number; to: number }
    if (from >= to) scope.report.add('condition', [...path, 'bucket'], 'an empty range', 'Make from smaller than to.')
    return [{ bucket: { by: unitOf(scope, by, [...path, 'bucket']), salt, from, to } }]
  },
  from: (scope, block, path) => [{ from: time(scope, block.from as string, [...path, 'from']) }],
  until: (scope, block, path) => [{ until: time(scope, block.until as string, [...path, 'until']) }],
}

/** All members of the mapping must hold. */
export function expandCondition(scope: ConditionScope, block: Block, path: Path): Condition {
  if (block.attr !== undefined) return join(wireComparisons(scope, block, path))
  const conditions: Condition[] = []
  for (const name of Object.keys(block)) {
    if (Object.hasOwn(MEMBERS, name)) conditions.push(...MEMBERS[name]!(scope, block, path))
    else conditions.push(...comparisons(scope, name, block[name]!, [...path, name]))
  }
  return join(conditions)
}

/** One condition by itself, several under one `all`; what is an `all` already is taken apart. */
export function join(conditions: readonly Condition[]): Condition {
  const flat: Condition[] = []
  for (const one of conditions) {
    if ('all' in one) for (const part of one.all) flat.push(part)
    else flat.push(one)
  }
  return flat.length === 1 ? flat[0]! : { all: flat }
}

function list(scope: ConditionScope, blocks: Json, path: Path): Condition[] {
  return (blocks as readonly Block[]).map((block, i) => expandCondition(scope, block, [...path, i]))
}

function segments(scope: ConditionScope, block: Block, path: Path): Condition[] {
  const keys = [block.segment].flat() as string[]
  for (const [i, key] of keys.entries()) {
    if (scope.workspace.segments.has(key)) continue
    const where = Array.isArray(block.segment) ? [...path, 'segment', i] : [...path, 'segment']
    const cure = didYouMean(key, scope.workspace.segments.keys(), `Write segments/${key}.yaml.`)
    scope.report.add('unknown_segment', where, `there is no segment "${key}"`, cure)
  }
  const conditions = keys.map(segment => ({ segment }))
  return conditions.length === 1 ? conditions : [{ any: conditions }]
}

/** A flag that is read: it must exist here, and have the variants named. */
export function requirement(
  scope: ConditionScope,
  key: string,
  names: readonly VariantName[],
  path: Path,
): { flag: string; is: string[] } {
  const other = scope.workspace.flags.get(key)?.content
  if (other === undefined || other.environments[scope.environment] === undefined) {
    const what = other === undefined ? `there is no flag "${key}"` : `"${key}" does not exist in ${scope.environment}`
    const cure =
      other === undefined
        ? didYouMean(key, scope.workspace.flags.keys(), 'Make it first.')
        : `Give ${key} a block for ${scope.environment}.`
    scope.report.add('unknown_requirement', [...path, 'flag'], what, cure)
    return { flag: key, is: names.map(String) }
  }
  const variants = other.variants ?? [
    { name: 'on', value: true },
    { name: 'off', value: false },
  ]
  const is = names.map((name, i) => {
    const found = variants.find(one =>
      typeof name === 'boolean' ? other.type === 'boolean' && one.value === name : one.name === name,
    )
    if (found === undefined) {
      const known = variants.map(one => one.name)
      const cure = didYouMean(String(name), known, `Its variants are ${known.join(', ')}.`)
      scope.report.add('unknown_variant', [...path, 'is', i], `${key} has no variant "${name}"`, cure)
    }
    return found?.name ?? String(name)
  })
  return { flag: key, is }
}

export function time(scope: ConditionScope, text: string, path: Path): string {
  if (parseTime(text) === undefined) scope.report.add('time', path, `${text} is no time`)
  return text
}
