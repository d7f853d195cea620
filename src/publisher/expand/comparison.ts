import type { Json } from '../../base/json.ts'
import { sealer } from '../../rules/sealed.ts'
import type { AttributeName, Comparison, Condition, Scalar } from '../../rules/types.ts'
import type { Path } from '../workspace/problem.ts'
import { didYouMean } from '../workspace/suggest.ts'
import type { Attribute } from '../workspace/types.ts'
import { FOLDABLE, fitsType, OPERATOR_ROWS, scalarOf } from './operators.ts'
import { attributeName, type ConditionScope } from './scope.ts'

const listOf = (value: Json): readonly Json[] => (Array.isArray(value) ? value : [value])

/** `country: NL`, `country: [NL, BE]`, `country: { in: [NL], exists: true }`: all that stands below one attribute. */
export function comparisons(scope: ConditionScope, name: string, test: Json, path: Path): Condition[] {
  const attribute = known(scope, name, path)
  const attr = attribute?.path ?? name
  if (Array.isArray(test)) return [comparison(scope, attribute, attr, 'in', test, false, path)]
  if (typeof test !== 'object' || test === null) return [comparison(scope, attribute, attr, 'eq', test, false, path)]
  return operators(scope, attribute, attr, test as Record<string, Json>, path)
}

/** The wire's own form: `{ attr: name or path, operator: operand }`. */
export function wireComparisons(scope: ConditionScope, block: Readonly<Record<string, Json>>, path: Path): Condition[] {
  const { attr, ...test } = block as { attr: string | readonly string[] }
  if (typeof attr !== 'string') return operators(scope, undefined, attr, test, path)
  return operators(scope, known(scope, attr, [...path, 'attr']), attributeName(scope, attr), test, path)
}

function operators(
  scope: ConditionScope,
  attribute: Attribute | undefined,
  attr: AttributeName,
  test: Readonly<Record<string, Json>>,
  path: Path,
): Condition[] {
  const conditions: Condition[] = []
  const ignoreCase = test.ignoreCase === true
  let folded = false
  for (const [operator, operand] of Object.entries(test)) {
    if (operator === 'ignoreCase') continue
    const where = [...path, operator]
    if (operator === 'not') {
      const inner = notTest(scope, attribute, attr, operand, where)
      conditions.push({ not: inner.length === 1 ? inner[0]! : { all: inner } })
      continue
    }
    const fold = ignoreCase && FOLDABLE.has(operator)
    folded ||= fold
    conditions.push(comparison(scope, attribute, attr, operator, operand, fold, where))
  }
  if (conditions.length === 0)
    scope.report.add('condition', path, 'no operator', 'Write an operator such as in, eq or exists.')
  else if (ignoreCase && !folded) {
    scope.report.add(
      'condition',
      [...path, 'ignoreCase'],
      'no operator beside ignoreCase takes it',
      'Remove it.',
      'key',
    )
  }
  return conditions
}

function notTest(
  scope: ConditionScope,
  attribute: Attribute | undefined,
  attr: AttributeName,
  test: Json,
  path: Path,
): Condition[] {
  if (Array.isArray(test)) return [comparison(scope, attribute, attr, 'in', test, false, path)]
  if (typeof test !== 'object' || test === null) return [comparison(scope, attribute, attr, 'eq', test, false, path)]
  return operators(scope, attribute, attr, test as Record<string, Json>, path)
}

function comparison(
  scope: ConditionScope,
  attribute: Attribute | undefined,
  attr: AttributeName,
  operator: string,
  operand: Json,
  ignoreCase: boolean,
  path: Path,
): Condition {
  const row = OPERATOR_ROWS[operator]!
  if (attribute !== undefined) {
    if (!row.takes.includes(attribute.type)) {
      const better = Object.keys(OPERATOR_ROWS).filter(name => OPERATOR_ROWS[name]!.takes.includes(attribute.type))
      scope.report.add(
        'operand_type',
        path,
        `"${operator}" never holds for "${attribute.name}", which is of type ${attribute.type}`,
        `Take one of ${better.join(', ')}.`,
      )
    } else if (row.operand === 'scalar' || row.operand === 'scalars') checkScalars(scope, attribute, operand, path)
    if (attribute.sealed !== undefined && operator !== 'exists') {
      return sealedComparison(scope, attribute, attr, operator, operand, ignoreCase, path)
    }
  }
  const value = row.operand === 'scalars' || row.operand === 'texts' ? listOf(operand) : operand
  const made: Record<string, unknown> = { attr, [operator]: value }
  if (ignoreCase) made.ignoreCase = true
  return made as unknown as Comparison
}

function checkScalars(scope: ConditionScope, attribute: Attribute, operand: Json, path: Path): void {
  const list = Array.isArray(operand)
  for (const [i, value] of listOf(operand).entries()) {
    const where = list ? [...path, i] : path
    if (!fitsType(attribute.type, value)) {
      const wanted = scalarOf(attribute.type)
      const written = scope.report.source(where) ?? String(value)
      const cure = wanted === 'string' ? `Quote it: "${written}".` : `Write a ${wanted}.`
      scope.report.add(
        'operand_type',
        where,
        `${written} is not of the type of "${attribute.name}", ${attribute.type}`,
        cure,
      )
    } else if (attribute.values !== undefined && !attribute.values.includes(value as Scalar)) {
      const cure = didYouMean(String(value), attribute.values.map(String), 'Add it to the values in attributes.yaml.')
      scope.report.warn('unknown_value', where, `"${attribute.name}" is never ${JSON.stringify(value)}`, cure)
    }
  }
}

function sealedComparison(
  scope: ConditionScope,
  attribute: Attribute,
  attr: AttributeName,
  operator: string,
  operand: Json,
  ignoreCase: boolean,
  path: Path,
): Condition {
  if ((operator !== 'eq' && operator !== 'in') || ignoreCase) {
    scope.report.add('sealed_operator', path, `"${attribute.name}" is sealed and cannot be compared so`)
  }
  return { attr, sealed: sealedList(scope, attribute, attr, listOf(operand), path) }
}

export function sealedList(
  scope: ConditionScope,
  attribute: Attribute,
  attr: AttributeName,
  values: readonly Json[],
  path: Path,
): { key: string; norm: 'none' | 'trim-lower'; values: string[] } {
  const sealed = attribute.sealed!
  const key = typeof sealed === 'string' ? sealed : sealed.key
  const norm = typeof sealed === 'string' ? 'none' : (sealed.norm ?? 'none')
  const secret = scope.secretOf(key)
  if (secret === undefined) {
    const cure = `Give the secret in ENSIGN_SECRET_${key.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}, base64url.`
    scope.report.add(
      'secret_missing',
      path,
      `the values of "${attribute.name}" are sealed with "${key}", which is not here`,
      cure,
    )
    return { key, norm, values: [] }
  }
  const seal = sealer(secret, attr, norm)
  // Sorted, so that the order in the file does not show which person is which.
  return { key, norm, values: [...new Set(values.map(value => seal(value as string | number)))].sort() }
}

/** The attribute's row; a name that attributes.yaml does not list is told. */
function known(scope: ConditionScope, name: string, path: Path): Attribute | undefined {
  const { attributes, attributeFile } = scope.workspace
  const attribute = attributes.get(name)
  if (attribute === undefined && attributeFile !== undefined) {
    const cure = didYouMean(name, attributes.keys(), 'Add it to attributes.yaml.')
    scope.report.add('unknown_attribute', path, `there is no attribute "${name}"`, cure, 'key')
  }
  return attribute
}
