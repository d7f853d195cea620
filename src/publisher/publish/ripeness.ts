import { canonical, type Json } from '../../base/json.ts'
import { MAX_ENVELOPE, MAX_INDEX, MAX_PART } from '../../base/limits.ts'
import { parseTime } from '../../base/time.ts'
import { checkPart, readIndex } from '../../bundle/parts.ts'
import { releaseShape } from '../../bundle/shapes.ts'
import type { Source } from '../../bundle/source.ts'
import { partOf } from '../../rules/hash.ts'
import type { Flag } from '../../rules/types.ts'
import type { RootState } from '../../trust/root.ts'
import { readEnvelope, readPayload } from '../../trust/statement.ts'
import { entriesBackwards, type LogPlace } from './logread.ts'
import { partPath, releasePath } from './paths.ts'

/** What makes a flag the same in two environments: its type and the names of its variants, not who gets which. */
export function formOf(flag: Flag): string {
  return canonical([flag.type, flag.variants.map(([name]) => name)] as unknown as Json)
}

/**
 * Since when the flag has stood in an environment in this form without a break, looking back from `at` no further than
 * `enough`; undefined where it does not stand there.
 */
export async function standsSince(
  source: Source,
  root: RootState,
  place: LogPlace,
  key: string,
  form: string,
  range: { readonly at: number; readonly enough: number },
): Promise<number | undefined> {
  const { environment } = place
  const binding = { project: root.payload.project, environment, genesis: root.genesis }
  let since: number | undefined
  let last: string | undefined
  for await (const { entry } of entriesBackwards(source, place)) {
    if (entry.type !== 'state' || parseTime(entry.since)! > range.at) continue
    if (entry.release.digest === last) continue
    last = entry.release.digest
    const at = releasePath(environment, entry.release)
    const bytes = await source.get(at, { maxBytes: MAX_ENVELOPE })
    if (bytes === undefined) return since
    const envelope = readEnvelope(bytes, 'release', at)
    if (envelope.digest !== last) return since
    const { parts } = readPayload(envelope, releaseShape, binding)
    if ((await formIn(source, environment, parts, key)) !== form) return since
    since = parseTime(entry.since)!
    if (since <= range.enough) return since
  }
  return since
}

async function formIn(
  source: Source,
  environment: string,
  named: Parameters<typeof readIndex>[1],
  key: string,
): Promise<string | undefined> {
  const bytes = await source.get(partPath(environment, named.digest), { maxBytes: MAX_INDEX })
  if (bytes === undefined) return undefined
  const part = (await readIndex(bytes, named))[partOf(key, named.count)]!
  const rules = await source.get(partPath(environment, part.digest), { maxBytes: MAX_PART })
  if (rules === undefined) return undefined
  await checkPart(rules, part)
  const { flags = {} } = JSON.parse(new TextDecoder().decode(rules)) as { flags?: Record<string, Flag> }
  return Object.hasOwn(flags, key) ? formOf(flags[key]!) : undefined
}
