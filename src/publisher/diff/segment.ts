import type { Json, JsonObject } from '../../base/json.ts'
import type { Segment, SegmentList } from '../../rules/types.ts'
import { conditionText, nameText } from './text.ts'
import type { Change } from './types.ts'

/** A segment's lists may name thousands of people: the record says how many, and how many came and went. */
export function segmentChange(key: string, before: Segment | undefined, after: Segment | undefined): Change {
  const lists = (['include', 'exclude'] as const).flatMap(name => {
    const old = valuesOf(before?.[name])
    const now = valuesOf(after?.[name])
    const added = [...now].filter(value => !old.has(value)).length
    const removed = [...old].filter(value => !now.has(value)).length
    return added + removed === 0 ? [] : [{ name, added, removed }]
  })
  const words = lists.map(({ name, added, removed }) => `${name} +${added} -${removed}`)
  if (before !== undefined && after !== undefined && JSON.stringify(before.when) !== JSON.stringify(after.when)) {
    const text = (segment: Segment) => (segment.when === undefined ? 'nobody' : conditionText(segment.when))
    words.push(`${text(before)} -> ${text(after)}`)
  }
  const verb = before === undefined ? 'created' : after === undefined ? 'deleted' : 'changed'
  return {
    action: before === undefined ? 'create' : after === undefined ? 'delete' : 'target',
    flag_key: `segments/${key}`,
    previous_state: before === undefined ? null : stateOf(before),
    new_state: after === undefined ? null : { ...stateOf(after), ...changesOf(before === undefined ? [] : lists) },
    summary: words.length === 0 ? verb : `${verb}: ${words.join('; ')}`,
  }
}

function changesOf(lists: readonly { name: string; added: number; removed: number }[]): JsonObject {
  return Object.fromEntries(lists.map(({ name, added, removed }) => [`${name}_changes`, { added, removed }]))
}

function stateOf({ by, include, exclude, when }: Segment): JsonObject {
  return {
    ...(by === undefined ? {} : { by: nameText(by) }),
    ...(include === undefined ? {} : { include: valuesOf(include).size }),
    ...(exclude === undefined ? {} : { exclude: valuesOf(exclude).size }),
    ...(when === undefined ? {} : { when: when as unknown as Json }),
  }
}

function valuesOf(list: SegmentList | undefined): Set<unknown> {
  if (list === undefined) return new Set()
  return new Set('sealed' in list ? list.sealed.values : list)
}
