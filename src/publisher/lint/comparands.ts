import type { Json } from '../../base/json.ts'
import type { Path } from '../workspace/problem.ts'
import type { FileOf, Workspace } from '../workspace/types.ts'

/** A value that a file compares an attribute with. */
export interface Comparand {
  readonly file: FileOf<unknown>
  readonly path: Path
  /** Undefined where the wire's own form names a path. */
  readonly attribute: string | undefined
  readonly operator: string
  readonly value: Json
}

const GROUPS = new Set(['all', 'any', 'not', 'of'])
const OTHERS = new Set(['assume', 'segment', 'flag', 'is', 'bucket', 'from', 'until'])

export function* comparandsOf(workspace: Workspace): Generator<Comparand> {
  const { units, unit } = workspace.project.content
  const unitAttribute = (by = unit) => (Object.hasOwn(units, by) ? units[by]! : by)
  for (const file of workspace.flags.values()) {
    for (const [environment, block] of Object.entries(file.content.environments)) {
      for (const [i, rule] of (block.rules ?? []).entries()) {
        const path = ['environments', environment, 'rules', i]
        if (rule.when !== undefined) yield* inCondition(file, rule.when, [...path, 'when'])
        for (const [variant, list] of Object.entries(rule.targets ?? {})) {
          yield* values(file, [...path, 'targets', variant], unitAttribute(rule.by), 'in', list)
        }
      }
    }
  }
  for (const file of workspace.segments.values()) {
    const { by, include, exclude, when } = file.content
    if (include !== undefined) yield* values(file, ['include'], unitAttribute(by), 'in', include)
    if (exclude !== undefined) yield* values(file, ['exclude'], unitAttribute(by), 'in', exclude)
    if (when !== undefined) yield* inCondition(file, when, ['when'])
  }
}

type Block = Readonly<Record<string, Json>>

function* inCondition(file: FileOf<unknown>, block: Block, path: Path): Generator<Comparand> {
  if (block.attr !== undefined) {
    const { attr, ...test } = block
    return yield* inTest(file, test, path, typeof attr === 'string' ? attr : undefined)
  }
  for (const [name, value] of Object.entries(block)) {
    const where = [...path, name]
    if (GROUPS.has(name)) {
      if (Array.isArray(value))
        for (const [i, part] of value.entries()) yield* inCondition(file, part as Block, [...where, i])
      else yield* inCondition(file, value as Block, where)
    } else if (!OTHERS.has(name)) yield* inTest(file, value, where, name)
  }
}

function* inTest(file: FileOf<unknown>, test: Json, path: Path, attribute: string | undefined): Generator<Comparand> {
  if (typeof test !== 'object' || test === null || Array.isArray(test)) {
    return yield* values(file, path, attribute, Array.isArray(test) ? 'in' : 'eq', test)
  }
  for (const [operator, operand] of Object.entries(test)) {
    if (operator === 'not') yield* inTest(file, operand, [...path, 'not'], attribute)
    else yield* values(file, [...path, operator], attribute, operator, operand)
  }
}

function* values(
  file: FileOf<unknown>,
  path: Path,
  attribute: string | undefined,
  operator: string,
  operand: Json,
): Generator<Comparand> {
  if (!Array.isArray(operand)) return yield { file, path, attribute, operator, value: operand }
  for (const [i, value] of operand.entries()) yield { file, path: [...path, i], attribute, operator, value }
}
