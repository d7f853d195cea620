import type { Item } from './forms.ts'
import { headIdOf } from './headid.ts'
import type { Metrics } from './metrics.ts'

/** Which head is served, and until when it holds: what an alarm on a publisher that died is built on. */
export function createHeadGauges(metrics: Metrics): { note(project: string, environment: string, item: Item): void } {
  const heads = new Map<string, { sequence: number; expires: number }>()
  metrics.gauge('ensign_head_sequence', () => [...heads].map(([labels, head]) => [labels, head.sequence]))
  metrics.gauge('ensign_head_expires_seconds', () => [...heads].map(([labels, head]) => [labels, head.expires / 1000]))
  let last: Item | undefined
  return {
    note(project, environment, item) {
      if (item === last) return
      last = item
      const id = headIdOf(item.bytes)
      if (id === undefined) return
      const labels = `project="${project}",environment="${environment}"`
      heads.set(labels, { sequence: id.sequence, expires: id.expires })
    },
  }
}
