import { EnsignError } from '../../base/errors.ts'
import { MAX_INDEX, MAX_PART } from '../../base/limits.ts'
import { checkPart, checkPlacement, type PartReference, readIndex } from '../../bundle/parts.ts'
import type { Source } from '../../bundle/source.ts'
import type { VerifiedState } from '../../bundle/state.ts'
import type { ReleasePayload } from '../../bundle/types.ts'
import { loadPart } from '../../rules/load.ts'
import { lookAt } from '../../rules/loaded.ts'
import { type Problem, problemsOf } from '../../rules/problems.ts'
import type { Flag, Segment } from '../../rules/types.ts'
import { partPath } from '../publish/paths.ts'
import type { PlainRules } from '../rules.ts'

/**
 * The rules of a release from its parts, each byte checked against the digest that the release names. A flag that is
 * not of the wire's form is refused here: clients would put it in error, and nobody means to publish that. Parts of a
 * state that was verified are not read a second time: a digest names the same rules for ever.
 */
export async function readRules(
  source: Source,
  { environment, parts: named }: Pick<ReleasePayload, 'environment' | 'parts'>,
  verified?: Pick<VerifiedState, 'index' | 'parts'>,
): Promise<PlainRules> {
  const known = new Map(verified?.index.map(({ digest }, i) => [digest, verified.parts[i]!]))
  const get = async (digest: string, maxBytes: number) => {
    const at = partPath(environment, digest)
    const bytes = await source.get(at, { maxBytes })
    if (bytes === undefined) throw new EnsignError('part_missing', 'a part of the release is not there', { at })
    return bytes
  }
  const read = async (part: PartReference) => {
    const bytes = await get(part.digest, MAX_PART)
    await checkPart(bytes, part)
    return loadPart(bytes, partPath(environment, part.digest))
  }
  const index = await readIndex(await get(named.digest, MAX_INDEX), named)
  const flags: [string, Flag][] = []
  const segments: [string, Segment][] = []
  for (const [position, part] of index.entries()) {
    const loaded = known.get(part.digest) ?? (await read(part))
    checkPlacement(loaded, position, index.length)
    refuseRules(problemsOf(loaded))
    for (const [key, flag] of loaded.flags) flags.push([key, lookAt(flag).source])
    for (const [key, segment] of loaded.segments) segments.push([key, lookAt(segment).source])
  }
  return { flags: sorted(flags), segments: sorted(segments) }
}

export function refuseRules([problem]: readonly Problem[]): void {
  if (problem === undefined) return
  throw new EnsignError('rules', `${problem.code}: ${problem.what}`, { at: problem.at })
}

function sorted<T>(entries: [string, T][]): Readonly<Record<string, T>> {
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}
