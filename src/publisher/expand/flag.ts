import type { Json } from '../../base/json.ts'
import type { Flag, Outcome, Rule } from '../../rules/types.ts'
import type { Path } from '../workspace/problem.ts'
import type { EnvironmentBlock, FlagFile } from '../workspace/types.ts'
import { expandCondition, requirement } from './condition.ts'
import { expandOutcome, serveOutcome } from './outcome.ts'
import { expandRule } from './rule.ts'
import { type ConditionScope, type FlagScope, variantIndex } from './scope.ts'
import { fitsFlagType } from './values.ts'

const BOOLEAN_VARIANTS: readonly (readonly [string, Json])[] = [
  ['on', true],
  ['off', false],
]

export interface ExpandedFlag {
  readonly flag: Flag
  /** Wire rule id -> path in the file. */
  readonly origins: ReadonlyMap<string, Path>
}

/** A flag's file and its block for one environment to the plain flag of the wire. */
export function expandFlag(base: ConditionScope, file: FlagFile, block: EnvironmentBlock): ExpandedFlag {
  const path: Path = ['environments', base.environment]
  const variants = variantsOf(base, file, block, path)
  const known = { ...base, flag: file, variants }
  const scope: FlagScope = {
    ...known,
    off: offOf(known),
    condition: (when, where) => expandCondition(base, when, where),
  }
  const origins = new Map<string, Path>()
  const rules: Rule[] = []
  for (const [i, rule] of (block.rules ?? []).entries()) {
    const where = [...path, 'rules', i]
    for (const expanded of expandRule(scope, rule, where)) {
      if (origins.has(expanded.id))
        base.report.add('duplicate_rule', [...where, 'id'], `a rule "${expanded.id}" is there already`)
      origins.set(expanded.id, where)
      rules.push(expanded)
    }
  }
  const otherwise: Outcome =
    typeof block.otherwise === 'object'
      ? expandOutcome(scope, block.otherwise, 'otherwise', [...path, 'otherwise'])
      : serveOutcome(scope, block.otherwise, [...path, 'otherwise'])
  const requires = (block.requires ?? []).map((one, i) => requirement(base, one.flag, one.is, [...path, 'requires', i]))
  const archived = file.archived !== undefined
  const head = { on: block.enabled && !archived, type: file.type, variants, off: scope.off, salt: file.salt }
  const meta = metaOf(file)
  const flag: Mutable<Flag> =
    requires.length > 0 && !archived
      ? { ...head, requires, rules, otherwise }
      : { ...head, rules: archived ? [] : rules, otherwise: archived ? offOutcome(scope.off) : otherwise }
  if (meta !== undefined) flag.meta = meta
  return { flag, origins }
}

const offOutcome = (off: number | null): Outcome => (off === null ? { fallback: true } : { serve: off })

function variantsOf(
  { report, environment }: ConditionScope,
  file: FlagFile,
  block: EnvironmentBlock,
  path: Path,
): readonly (readonly [string, Json])[] {
  if (file.variants === undefined) {
    if (file.type !== 'boolean') report.add('variants_missing', ['type'], `${file.key} has no variants`)
    for (const name of Object.keys(block.values ?? {})) {
      report.add(
        'unknown_variant',
        [...path, 'values', name],
        'the values of on and off are fixed',
        'Remove it.',
        'key',
      )
    }
    return BOOLEAN_VARIANTS
  }
  const seen = new Set<string>()
  const own = block.values ?? {}
  const variants = file.variants.map(({ name, value }, i) => {
    if (seen.has(name)) report.add('duplicate_variant', ['variants', i, 'name'], `a variant "${name}" is there already`)
    seen.add(name)
    const here = Object.hasOwn(own, name)
    const where = here ? [...path, 'values', name] : ['variants', i, 'value']
    const served = here ? own[name]! : value
    if (!fitsFlagType(file.type, served)) {
      const written = report.source(where) ?? JSON.stringify(served)
      const cure = file.type === 'string' && typeof served === 'number' ? `Quote it: "${written}".` : undefined
      const code = 'value_type'
      report.add(code, where, `${written} in ${environment} is no ${file.type}`, cure)
    }
    return [name, served] as const
  })
  for (const name of Object.keys(own)) {
    if (!seen.has(name)) {
      report.add('unknown_variant', [...path, 'values', name], `${file.key} has no variant "${name}"`, undefined, 'key')
    }
  }
  return variants
}

function offOf(scope: Omit<FlagScope, 'off' | 'condition'>): number | null {
  const { flag, variants, report } = scope
  if (flag.type === 'boolean') {
    const off = variants.findIndex(([, value]) => value === false)
    if (off < 0) report.add('off_variant', ['variants'], `${flag.key} has no variant that is false`, undefined, 'key')
    if (flag.off === undefined || flag.off === null) {
      if (flag.off === null) report.add('off_variant', ['off'], 'a boolean flag always has an off variant')
      return Math.max(0, off)
    }
    const index = variantIndex(scope, flag.off, ['off'])
    if (variants[index]?.[1] !== false)
      report.add('off_variant', ['off'], `the off variant of ${flag.key} is not false`)
    return index
  }
  if (flag.off === undefined) {
    report.add(
      'off_variant',
      ['key'],
      `${flag.key} does not say which variant is off`,
      "Add `off: NAME`, or `off: null` for the caller's fallback.",
    )
    return 0
  }
  return flag.off === null ? null : variantIndex(scope, flag.off, ['off'])
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** What reviewers and policy read in the parts; no engine does. */
function metaOf({ kind, owner, risk, expires, archived }: FlagFile): Json | undefined {
  const meta: Mutable<Pick<FlagFile, 'kind' | 'owner' | 'risk' | 'expires' | 'archived'>> = {}
  if (kind !== undefined) meta.kind = kind
  if (owner !== undefined) meta.owner = owner
  if (risk !== undefined) meta.risk = risk
  if (expires !== undefined) meta.expires = expires
  if (archived !== undefined) meta.archived = archived
  return Object.keys(meta).length > 0 ? meta : undefined
}
