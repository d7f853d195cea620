import { EnsignError } from '../../base/errors.ts'
import { MAX_POLICY } from '../../base/limits.ts'
import type { Source } from '../../bundle/source.ts'
import type { RootState } from '../../trust/root.ts'
import { judgeRelease } from '../policy/judge.ts'
import { refuseAll } from '../policy/refuse.ts'
import { type JudgedRelease, type Ripe, requestOf } from '../policy/request.ts'
import { readPolicy } from '../policy/shape.ts'
import type { Policy } from '../policy/types.ts'
import type { Current } from './current.ts'
import { readHead } from './current.ts'
import { treeOf } from './logread.ts'
import { policyPath } from './paths.ts'
import { formOf, standsSince } from './ripeness.ts'

const HOUR = 3600_000

/** The rules of change that the newest root names; undefined where it names none. */
export async function policyOfRoot(source: Source, { payload }: RootState): Promise<Policy | undefined> {
  if (payload.policy === null) return undefined
  const at = policyPath(payload.policy)
  const bytes = await source.get(at, { maxBytes: MAX_POLICY })
  if (bytes === undefined) throw new EnsignError('policy_missing', 'the policy that the root names is gone', { at })
  return readPolicy(bytes, payload.policy)
}

/** Whoever sends a release, and from wherever: the rules of change are kept here, or it is not published. */
export async function judgeUnderPolicy({ source, root }: Current, judged: JudgedRelease): Promise<void> {
  if (judged.manifest.policy !== root.payload.policy) {
    throw new EnsignError('manifest_lies', 'the manifest names another policy than the root', {
      at: 'manifest/policy',
      cure: 'The policy has changed. Propose the change again.',
    })
  }
  const policy = await policyOfRoot(source, root)
  if (policy === undefined) return
  refuseAll(judgeRelease(policy, requestOf(judged, await ripeness(source, root, policy, judged))))
}

/** Looks up beforehand how long the changed flags have stood in the environments that come first. */
export async function ripeness(
  source: Source,
  root: RootState,
  policy: Policy,
  { release, after, at, analysis }: Pick<JudgedRelease, 'release' | 'after' | 'at' | 'analysis'>,
): Promise<Ripe> {
  const found = new Map<string, number>()
  for (const { environment, after: first, hours } of policy.order) {
    if (environment !== release.environment) continue
    const head = await readHead(source, root, first)
    if (head === undefined) continue
    const place = { environment: first, epoch: head.epoch, tree: treeOf(head.log) }
    for (const key of new Set(analysis.changes.map(change => change.flag_key))) {
      if (!Object.hasOwn(after.flags, key)) continue
      const range = { at, enough: at - hours * HOUR }
      const since = await standsSince(source, root, place, key, formOf(after.flags[key]!), range)
      if (since !== undefined) found.set(`${first}/${key}`, since)
    }
  }
  return (environment: string, flag: string) => found.get(`${environment}/${flag}`)
}
