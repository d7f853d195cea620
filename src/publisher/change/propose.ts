import { base64url } from '../../base/bytes.ts'
import { EnsignError } from '../../base/errors.ts'
import { canonicalBytes, type Json } from '../../base/json.ts'
import { readIndex } from '../../bundle/parts.ts'
import { lookInto } from '../../rules/loaded.ts'
import { problemOf } from '../../rules/problems.ts'
import { signPayload } from '../../trust/seal.ts'
import type { Signer } from '../../trust/signer.ts'
import type { Reference } from '../../trust/types.ts'
import type { ManifestAuthor } from '../manifest/build.ts'
import { refuseRules } from '../manifest/readrules.ts'
import { manifestShape } from '../manifest/shape.ts'
import type { Actor, Checks, SourceOfChange } from '../manifest/types.ts'
import { judgeProposal } from '../policy/judge.ts'
import { refuseAll } from '../policy/refuse.ts'
import { requestOf } from '../policy/request.ts'
import { requiredApprovals } from '../policy/required.ts'
import { riskFinder } from '../policy/risk.ts'
import { policyOfRoot } from '../publish/judgepolicy.ts'
import type { NewChange } from './change.ts'
import { type Draft, draftRelease } from './draft.ts'
import { readStandpoint, type Standpoint, type View } from './ground.ts'
import { applyPatch, keysOf, openKeys, type Patch } from './patch.ts'

/** What an author says of a change, and what his command found out. */
export interface Telling {
  readonly actor: Actor
  /** Of one flag, where several changes share a release. */
  readonly story: ManifestAuthor['story']
  readonly checks: Checks
  readonly source: SourceOfChange
}

export interface Proposal {
  readonly id: string
  readonly patch: Patch
  /** A stop that the release shall have dealt with, where what is in force has not yet. */
  readonly clears?: Reference | null
  readonly effective: { readonly from: number; readonly until: number }
  readonly telling: Telling
  readonly train?: readonly string[]
}

/** Builds the release that makes the change on top of what is in force, checks it, and signs it as its author. */
export async function propose(view: View, proposal: Proposal, author: Signer, known?: Standpoint): Promise<NewChange> {
  const standpoint = known ?? (await readStandpoint(view))
  const { ground, root, environment } = standpoint
  const rules = applyPatch(ground.rules, proposal.patch)
  const clears = furthest(ground.clears, proposal.clears ?? null)
  if (openKeys(ground.rules, proposal.patch).length === 0 && clears?.version === ground.clears?.version) {
    throw new EnsignError('change_empty', 'nothing differs from what is in force')
  }
  if (!environment.author.includes(author.person)) {
    throw new EnsignError('unknown_author', `${author.person} is no author in ${environment.name}`, {
      cure: `Let one of them propose it: ${environment.author.join(', ')}.`,
    })
  }
  const policy = await policyOfRoot(view.source, root)
  const created = view.now()
  const { actor, story, checks, source } = proposal.telling
  const riskOf = riskFinder(ground.rules, rules)
  const draft = await draftRelease(
    ground,
    { rules, clears, created, effective: proposal.effective },
    {
      actor: { ...actor, id: author.person },
      story,
      required: requiredApprovals(policy, environment, riskOf, keysOf(proposal.patch)),
      checks,
      policy: root.payload.policy,
      source,
    },
  )
  if (policy !== undefined) {
    const { payload: release, manifest, analysis } = draft
    const judged = { release, signed: [], manifest, analysis, before: ground.rules }
    refuseAll(
      judgeProposal(
        policy,
        requestOf({ ...judged, after: rules, at: proposal.effective.from }, () => undefined, riskOf),
      ),
    )
  }
  await refuseUnreadable(draft, proposal.patch)
  const encoded = base64url(canonicalBytes(draft.payload as unknown as Json))
  const signature = await signPayload(encoded, 'release', author, Math.floor(created / 1000))
  const { id, train = [] } = proposal
  return { id, train, standpoint, draft, parts: newParts(standpoint, draft), signature }
}

/** What whoever reads the change would refuse is refused before anybody signs it. */
async function refuseUnreadable({ index, payload, manifest }: Draft, patch: Patch): Promise<void> {
  await readIndex(index, payload.parts)
  // Of events that tell one story, one: what else they say is computed.
  const events = manifest.events.filter(({ reason, linked_artifacts }, i) => {
    const before = manifest.events[i - 1]
    return reason !== before?.reason || linked_artifacts !== before.linked_artifacts
  })
  manifestShape({ ...manifest, events }, 'manifest')
  for (const kind of ['flags', 'segments'] as const) {
    for (const [key, { after }] of Object.entries(patch[kind])) {
      if (after !== null) refuseRules(lookInto(kind, key, after).flaws.map(problemOf))
    }
  }
}

/** Somebody else may have dealt with more stops meanwhile; what was dealt with once stays so. */
function furthest(now: Reference | null, wanted: Reference | null): Reference | null {
  return (wanted?.version ?? 0) > (now?.version ?? 0) ? wanted : now
}

/** Parts that are not in force already: those that the change has to carry. */
function newParts({ state }: Standpoint, { parts }: Draft): Map<string, Uint8Array> {
  const there = new Set(state?.index.map(({ digest }) => digest))
  return new Map([...parts].filter(([digest]) => !there.has(digest)))
}
