import { canonical, type Json } from '../../base/json.ts'
import type { Change, FutureTransition, Impact } from '../diff/types.ts'
import type { PlainRules } from '../rules.ts'

export interface Analysis {
  readonly changes: readonly Change[]
  readonly impact: readonly Impact[]
  readonly transitions: readonly FutureTransition[]
}
export async function analyse(before: PlainRules, after: PlainRules, _created: string): Promise<Analysis> {
  const changes: Change[] = []
  for (const key of new Set([...Object.keys(before.flags), ...Object.keys(after.flags)])) {
    const a = before.flags[key],
      b = after.flags[key]
    if (a && b && canonical(a as unknown as Json) === canonical(b as unknown as Json)) continue
    changes.push({
      action: a === undefined ? 'create' : b === undefined ? 'delete' : 'toggle',
      flag_key: key,
      previous_state: (a ?? null) as unknown as Json,
      new_state: (b ?? null) as unknown as Json,
      summary: '',
    })
  }
  return { changes, impact: [], transitions: [] }
}
