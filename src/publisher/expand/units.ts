import type { AttributeName, Scalar, Sealed } from '../../rules/types.ts'
import type { Path } from '../workspace/problem.ts'
import { sealedList } from './comparison.ts'
import { fitsType, scalarOf } from './operators.ts'
import { type ConditionScope, unitAttribute, unitOf } from './scope.ts'

/** Units as they are listed on the wire: as they are, or sealed where their attribute is. */
export function unitList(
  scope: ConditionScope,
  by: string | undefined,
  units: readonly (string | number)[],
  path: Path,
): { by: AttributeName; list: { values: readonly Scalar[] } | { sealed: Sealed } } {
  const attr = unitOf(scope, by, path)
  const attribute = scope.workspace.attributes.get(unitAttribute(scope, by))
  if (attribute !== undefined) {
    for (const [i, unit] of units.entries()) {
      if (fitsType(attribute.type, unit)) continue
      const written = scope.report.source([...path, i]) ?? String(unit)
      const cure = scalarOf(attribute.type) === 'string' ? `Quote it: "${written}".` : 'Write a number.'
      scope.report.add(
        'operand_type',
        [...path, i],
        `${written} is not of the type of "${attribute.name}", ${attribute.type}`,
        cure,
      )
    }
    if (attribute.sealed !== undefined)
      return { by: attr, list: { sealed: sealedList(scope, attribute, attr, units, path) } }
  }
  return { by: attr, list: { values: units } }
}
