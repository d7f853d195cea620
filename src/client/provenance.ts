import type { VerifiedState } from '../bundle/state.ts'
import type { InForce } from './types.ts'

/** What a state says about where it comes from, frozen: it is shown to auditors and to dashboards. */
export function inForceOf(state: VerifiedState): InForce {
  const { root, release, head, environment, signers, basis } = state
  const signed = new Set(signers.release.map(one => one.person))
  const approvers = environment.approve.filter(person => signed.has(person) && person !== release.author)
  const { stop } = head.state
  return Object.freeze({
    root: Object.freeze({ version: root.payload.version, digest: root.digest }),
    release: Object.freeze({ version: release.version, digest: head.state.release.digest }),
    author: release.author,
    approvers: Object.freeze(approvers),
    unreviewed: environment.approvals === 0,
    standing: basis === 'standing',
    since: head.state.since,
    stop: stop && Object.freeze({ version: stop.version, digest: stop.digest }),
    stopped: Object.freeze(state.ruleSet.stops.map(one => one.flag)),
    head: Object.freeze({
      epoch: head.epoch,
      sequence: head.sequence,
      issued: head.issued,
      expires: head.expires,
    }),
    log: Object.freeze({ ...head.log }),
  })
}
