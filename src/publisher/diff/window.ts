import type { Condition } from '../../rules/types.ts'

const isTime = (condition: Condition) => 'from' in condition || 'until' in condition

/** The condition without the times that stand in its outermost `all`: who is meant, whenever. */
export function withoutTime(condition: Condition): Condition {
  if (isTime(condition)) return { all: [] }
  if (!('all' in condition)) return condition
  const left = condition.all.filter(part => !isTime(part))
  return left.length === 1 ? left[0]! : { all: left }
}

/** The times that stand in its outermost `all`, in words; empty where there are none. */
export function windowOf(condition: Condition): string {
  const parts = 'all' in condition ? condition.all : [condition]
  return parts
    .filter(isTime)
    .map(part => ('from' in part ? `from ${part.from}` : 'until' in part ? `until ${part.until}` : ''))
    .join(' ')
}
