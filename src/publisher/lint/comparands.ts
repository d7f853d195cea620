import type { Json } from '../../base/json.ts'
import type { Path } from '../workspace/problem.ts'
import type { FileOf, Workspace } from '../workspace/types.ts'

/** What a file compares an attribute with: one value, or a list of them. */
export interface Comparand {
  readonly file: FileOf<unknown>
  readonly path: Path
  /** Undefined where the wire's own form names a path. */
  readonly attribute: string | undefined
  readonly operator: string
  readonly operand: Json
}

/** Calls back for each value; its place is only made when it is asked for. */
export function eachValue({ path, operand }: Comparand, visit: (value: Json, place: () => Path) => void): void {
  if (!Array.isArray(operand)) visit(operand, () => path)
  else for (let i = 0; i < operand.length; i++) visit(operand[i], () => [...path, i])
}

const GROUPS = new Set(['all', 'any', 'not', 'of'])
const OTHERS = new Set(['assume', 'segment', 'flag', 'is', 'bucket', 'from', 'until'])

export function comparandsOf(workspace: Workspace): Comparand[] {
  const { units, unit } = workspace.project.content
  const unitAttribute = (by = unit) => (Object.hasOwn(units, by) ? units[by]! : by)
  const found: Comparand[] = []
  for (const file of workspace.flags.values()) {
    for (const [environment, block] of Object.entries(file.content.environments)) {
      for (const [i, rule] of (block.rules ?? []).entries()) {
        const path = ['environments', environment, 'rules', i]
        if (rule.when !== undefined) inCondition(found, file, rule.when, [...path, 'when'])
        for (const [variant, operand] of Object.entries(rule.targets ?? {})) {
          const attribute = unitAttribute(rule.by)
          found.push({ file, path: [...path, 'targets', variant], attribute, operator: 'in', operand })
        }
      }
    }
  }
  for (const file of workspace.segments.values()) {
    const { by, include, exclude, when } = file.content
    const listed = (name: string, operand: Json | undefined) => {
      if (operand === undefined) return
      found.push({ file, path: [name], attribute: unitAttribute(by), operator: 'in', operand })
    }
    listed('include', include)
    listed('exclude', exclude)
    if (when !== undefined) inCondition(found, file, when, ['when'])
  }
  return found
}

type Block = Readonly<Record<string, Json>>

function inCondition(found: Comparand[], file: FileOf<unknown>, block: Block, path: Path): void {
  if (block.attr !== undefined) {
    const { attr, ...test } = block
    inTest(found, file, test, path, typeof attr === 'string' ? attr : undefined)
    return
  }
  for (const name of Object.keys(block)) {
    const value = block[name]!
    const where = [...path, name]
    if (!GROUPS.has(name)) {
      if (!OTHERS.has(name)) inTest(found, file, value, where, name)
    } else if (Array.isArray(value)) {
      for (const [i, part] of value.entries()) inCondition(found, file, part as Block, [...where, i])
    } else inCondition(found, file, value as Block, where)
  }
}

function inTest(
  found: Comparand[],
  file: FileOf<unknown>,
  test: Json,
  path: Path,
  attribute: string | undefined,
): void {
  if (typeof test !== 'object' || test === null || Array.isArray(test)) {
    found.push({ file, path, attribute, operator: Array.isArray(test) ? 'in' : 'eq', operand: test })
    return
  }
  const tests = test as Block
  for (const operator of Object.keys(tests)) {
    const operand = tests[operator]!
    const where = [...path, operator]
    if (operator === 'not') inTest(found, file, operand, where, attribute)
    else found.push({ file, path: where, attribute, operator, operand })
  }
}
