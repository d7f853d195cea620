import type { AttributeName, Segment, SegmentList } from '../../rules/types.ts'
import type { Path } from '../workspace/problem.ts'
import type { SegmentFile } from '../workspace/types.ts'
import { expandCondition } from './condition.ts'
import type { ConditionScope } from './scope.ts'
import { unitList } from './units.ts'

export function expandSegment(scope: ConditionScope, file: SegmentFile): Segment {
  const lists: { by?: AttributeName; include?: SegmentList; exclude?: SegmentList } = {}
  for (const name of ['include', 'exclude'] as const) {
    const units = file[name]
    if (units === undefined || units.length === 0) continue
    const path: Path = [name]
    const { by, list } = unitList(scope, file.by, units, path)
    lists.by = by
    lists[name] = 'sealed' in list ? list : list.values
  }
  return { ...lists, ...(file.when === undefined ? {} : { when: expandCondition(scope, file.when, ['when']) }) }
}
